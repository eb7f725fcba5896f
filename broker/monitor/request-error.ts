/** A request that is understood and cannot be met: status 400 over HTTP, code 500 over `$SYS`, as nats-server has it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** The same for a request that does something and has no data to answer with. */
export class CommandError extends RequestError {}
