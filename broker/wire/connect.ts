/** What a client says of itself in CONNECT. */
export interface ConnectOptions {
  verbose: boolean;
  pedantic: boolean;
  echo: boolean;
  headers: boolean;
  no_responders: boolean;
  protocol: number;
  tls_required: boolean;
  user: string;
  pass: string;
  auth_token: string;
  name: string;
  lang: string;
  version: string;
  account: string;
  new_account: boolean;
  nkey: string;
  jwt: string;
  sig: string;
  /** Of the nonce, by a proxy that the connection came through. */
  proxy_sig: string;
}

/** What counts for a field that CONNECT leaves out: these three are true, unlike what most clients want. */
export function defaultConnectOptions(): ConnectOptions {
  return {
    verbose: true,
    pedantic: true,
    echo: true,
    headers: false,
    no_responders: false,
    protocol: 0,
    tls_required: false,
    user: '',
    pass: '',
    auth_token: '',
    name: '',
    lang: '',
    version: '',
    account: '',
    new_account: false,
    nkey: '',
    jwt: '',
    sig: '',
    proxy_sig: '',
  };
}

const KINDS = new Map(Object.entries(defaultConnectOptions()).map(([key, value]) => [key, typeof value]));

/**
 * Takes the fields of a CONNECT over what was known before, as Go's decoder does: names in any case, null ignored,
 * unknown fields ignored. Returns undefined when it is no JSON object or a field has the wrong type, which nats-server
 * takes as a violation of the protocol.
 */
export function readConnect(json: string, before: ConnectOptions): ConnectOptions | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (parsed === null) return { ...before };
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
  const options = { ...before } as Record<string, unknown>;
  for (const [name, value] of Object.entries(parsed)) {
    const key = KINDS.has(name) ? name : name.toLowerCase();
    const kind = KINDS.get(key);
    if (kind === undefined || value === null) continue;
    if (typeof value !== kind) return undefined;
    if (kind === 'number' && !Number.isSafeInteger(value)) return undefined;
    options[key] = value;
  }
  return options as unknown as ConnectOptions;
}

/** A CONNECT with its secrets blotted out, for the trace. */
export function redactConnect(json: string): string {
  return json.replace(
    /("?(?:pass|auth_token|jwt|sig|proxy_sig|nkey)"?\s*:\s*)("(?:[^"\\]|\\.)*"|[^\s,}]+)/gi,
    (_all, head: string, value: string) => `${head}${value.startsWith('"') ? '"[REDACTED]"' : '[REDACTED]'}`,
  );
}
