import type { RunningServer } from '../runner.ts';
import type { Target } from '../target.ts';
import type { Seat } from './session.ts';
import type { JetStreamCase, JetStreamGroup } from './steps.ts';

/** Stores have to be large enough for every case and the same on every machine. */
const JETSTREAM = 'store_dir: "$FOLDER/js", max_mem: 1GB, max_file: 10GB';

/** A server with an account for each case that shares it. */
function sharedConfig(accounts: number, more: string): string {
  const lines = Array.from(
    { length: accounts },
    (_, index) => `  J${index}: { jetstream: enabled, users: [ { user: u${index}, password: p } ] }`,
  );
  return [
    'server_name: case',
    `jetstream { ${JETSTREAM}${more === '' ? '' : `, ${more}`} }`,
    'accounts {',
    ...lines,
    '  SYS: { users: [ { user: sys, password: p } ] }',
    '}',
    'system_account: SYS',
  ].join('\n');
}

/** A server for one case, where its clients are in the account that needs no user. */
const OWN = `server_name: case\njetstream { ${JETSTREAM} }`;

/** Gives every case a server and a place on it. */
export class JetStreamServers implements AsyncDisposable {
  readonly #target: Target;
  readonly #sharing = new Map<string, JetStreamCase[]>();
  readonly #started = new Map<string, Promise<RunningServer>>();

  constructor(target: Target, groups: readonly JetStreamGroup[]) {
    this.#target = target;
    for (const testCase of groups.flatMap((group) => group.cases)) {
      if (hasOwnServer(testCase)) continue;
      const sharing = this.#sharing.get(testCase.jetstream ?? '') ?? [];
      this.#sharing.set(testCase.jetstream ?? '', sharing);
      sharing.push(testCase);
    }
  }

  /** Runs something with the server of a case; one of its own is gone afterwards. */
  async use(testCase: JetStreamCase, run: (server: RunningServer, seat: Seat) => Promise<void>): Promise<void> {
    if (hasOwnServer(testCase)) {
      await using server = await this.#target.start({}, testCase.config ?? OWN);
      await run(server, { account: '$G', user: undefined });
      return;
    }
    const key = testCase.jetstream ?? '';
    const sharing = this.#sharing.get(key) ?? [];
    const index = sharing.indexOf(testCase);
    const started = this.#started.get(key) ?? this.#target.start({}, sharedConfig(sharing.length, key));
    this.#started.set(key, started);
    await run(await started, { account: `J${index}`, user: `u${index}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of await Promise.allSettled(this.#started.values())) {
      if (server.status === 'fulfilled') await server.value[Symbol.asyncDispose]();
    }
  }
}

function hasOwnServer(testCase: JetStreamCase): boolean {
  return testCase.config !== undefined || testCase.alone === true;
}
