type Fields = Record<string, unknown>;

/** The order in which Go writes claims; what is not here comes behind. */
const CLAIMS = ['aud', 'exp', 'jti', 'iat', 'iss', 'name', 'nbf', 'sub', 'nats'];
const NATS = [
  'imports',
  'exports',
  'limits',
  'signing_keys',
  'account_server_url',
  'operator_service_urls',
  'system_account',
  'assert_server_version',
  'strict_signing_key_usage',
  'revocations',
  'default_permissions',
  'mappings',
  'authorization',
  'trace',
  'cluster_traffic',
  'description',
  'info_url',
  'tags',
  'type',
  'version',
];

/** What a JWT says that was checked when it came in, as Go writes it; undefined when it cannot be read. */
export function decodedClaims(token: string): Fields | undefined {
  const claims = payload(token);
  const nats = claims?.['nats'];
  if (claims === undefined || !isFields(nats)) return claims;
  // Of an account this is written even where it is empty.
  const written = nats['type'] === 'account' ? { authorization: {}, ...nats } : nats;
  return inOrder({ ...claims, nats: inOrder(written, NATS) }, CLAIMS);
}

/** Whoever holds a bearer token can use it: it is shown to nobody. */
export function withoutBearerToken(userJwt: string): string {
  const nats = userJwt === '' ? undefined : payload(userJwt)?.['nats'];
  return isFields(nats) && nats['bearer_token'] === true ? '' : userJwt;
}

function payload(token: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(fields: Fields, order: readonly string[]): Fields {
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(fields).toSorted(([one], [other]) => rank(one) - rank(other)));
}
