/** The body of a JWT that was checked when it came in, as it stands there; undefined when it cannot be read. */
export function decodedClaims(token: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever holds a bearer token can use it: it is shown to nobody. */
export function withoutBearerToken(userJwt: string): string {
  const nats = userJwt === '' ? undefined : decodedClaims(userJwt)?.['nats'];
  const bearer = typeof nats === 'object' && nats !== null && 'bearer_token' in nats && nats.bearer_token === true;
  return bearer ? '' : userJwt;
}
