export interface HealthOptions {
  readonly account: string;
  readonly stream: string;
  readonly consumer: string;
  /** A list of errors instead of one text. */
  readonly details: boolean;
}

export interface Health {
  readonly status: 'ok' | 'error';
  readonly status_code: number;
  readonly error?: string | undefined;
  readonly errors?: readonly { type: string; error: string }[] | undefined;
}

/**
 * Whether all is well. Who can ask is connected, or asks over HTTP, which listens after the clients' port does. Streams
 * are not looked at where JetStream is off, but a question that makes no sense is still told so.
 */
export function health({ account, stream, consumer, details }: HealthOptions): Health {
  let fault: string | undefined;
  if (account === '' && stream !== '') fault = '"account" must not be empty when checking stream health';
  else if (stream === '' && consumer !== '') fault = '"stream" must not be empty when checking consumer health';
  if (fault === undefined) return { status: 'ok', status_code: 200 };
  return {
    status: 'error',
    status_code: 400,
    ...(details ? { errors: [{ type: 'BAD_REQUEST', error: fault }] } : { error: fault }),
  };
}
