/** Options do not go together. `message` is in nats-server's words. */
export class OptionsFault extends Error {
  override readonly name = 'OptionsFault';
}
