/** A token that is none, or whose claims make no sense. `message` is in nats-server's words and holds nothing of the token. */
export class JwtError extends Error {
  override readonly name = 'JwtError';
}
