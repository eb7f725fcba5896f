import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an account server does when it is asked for something. */
export type AccountAnswer = { readonly status: number; readonly body: string } | 'hangs' | 'breaks';

/**
 * A program that gives JWTs of accounts out by HTTP, for `resolver: URL(…)`. It keeps no process alive, so that cases can
 * have one each.
 */
export class AccountServer {
  readonly #server: Server;
  readonly #answers = new Map<string, AccountAnswer>();

  private constructor() {
    this.#server = createServer((request, response) => {
      const answer = this.#answers.get(request.url ?? '') ?? { status: 404, body: 'not here' };
      if (answer === 'hangs') return;
      if (answer === 'breaks') {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('eyJ', () => response.destroy());
        return;
      }
      response.writeHead(answer.status).end(answer.body);
    });
    this.#server.unref();
  }

  static async open(): Promise<AccountServer> {
    const server = new AccountServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.answer('/accounts/', { status: 200, body: 'accounts' });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/accounts`;
  }

  /** From now on, what is asked for by that path gets this answer. */
  answer(path: string, answer: AccountAnswer): void {
    this.#answers.set(path, answer);
  }

  give(account: { readonly key: string }, jwt: string): void {
    this.answer(`/accounts/${account.key}`, { status: 200, body: jwt });
  }
}
