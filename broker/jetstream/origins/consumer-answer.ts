import type { ApiError } from '../api-error.ts';
import { apiError } from '../errors.ts';
import { headerIn } from '../stream/header-block.ts';

/** What another stream's API says to the wish for a consumer. */
export type ConsumerAnswer =
  | { readonly type: 'refused'; readonly error: ApiError }
  | {
      readonly type: 'made';
      readonly name: string;
      readonly ackPolicy: string;
      /** Sequence of the stream behind which it begins. */
      readonly delivered: number;
      /** '' where it is not told. */
      readonly identity: string;
    };

/** latin1. */
export function readConsumerAnswer(headers: string, payload: string): ConsumerAnswer {
  const answer = parsed(payload);
  const { error, name, config, delivered } = answer;
  if (isObject(error)) {
    const { code, err_code, description } = error;
    const told = { code: Number(code), err_code: Number(err_code), description: textOf(description) };
    return { type: 'refused', error: told };
  }
  if (typeof name !== 'string' || !isObject(config)) {
    const err = 'invalid consumer create response';
    return { type: 'refused', error: apiError('sourceConsumerSetupFailed', { err }) };
  }
  return {
    type: 'made',
    name,
    ackPolicy: textOf(config['ack_policy']),
    delivered: isObject(delivered) ? Number(delivered['stream_seq'] ?? 0) : 0,
    identity: headerIn(headers, 'Nats-Stream-Identity') ?? '',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parsed(payload: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
