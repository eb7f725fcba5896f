import { latin1ToText } from '../base/latin1.ts';
import { accountDetail } from './accountz.ts';
import { accstatz, type AccountStatisticsOptions } from './accstatz.ts';
import { SILENCE, type SystemRequest } from './answers.ts';
import { connz } from './connz.ts';
import type { MonitorContext } from './context.ts';
import type { RequestFields } from './request-fields.ts';
import { SHAPES } from './request-shapes.ts';
import { accountJsz } from './jsz.ts';
import { connzOptions, jszOptions, subszOptions } from './server-requests.ts';
import { leafz } from './standalone.ts';
import { subsz } from './subsz.ts';

/** What is asked about one account, `$SYS.REQ.ACCOUNT.<account>.<name>`. */
export function accountRequests(
  context: MonitorContext,
  accountOf: (subject: string) => string,
): Record<string, SystemRequest> {
  const { host, now } = context;
  return {
    SUBSZ: {
      shape: SHAPES.subsz,
      respond: (fields, { subject }) =>
        subsz(host, { ...subszOptions(fields), subscriptions: true, account: accountOf(subject) }, now()),
    },
    CONNZ: {
      shape: SHAPES.connz,
      respond: (fields, { subject }) => connz(host, { ...connzOptions(fields), account: accountOf(subject) }, now()),
    },
    LEAFZ: { shape: SHAPES.leafz, respond: () => leafz(host, now()) },
    JSZ: {
      shape: SHAPES.jsz,
      respond: (fields, { subject }) => accountJsz(host, accountOf(subject), jszOptions(fields)),
    },
    INFO: { shape: SHAPES.accountInfo, respond: (_, { subject }) => accountDetail(host, accountOf(subject)) },
    STATZ: {
      shape: SHAPES.accountStatz,
      respond: (fields, { subject }) => {
        const account = accountOf(subject);
        // That is asked of all accounts, and answered there.
        return account === 'PING'
          ? SILENCE
          : statistics(context, { accounts: [account], unused: isUnusedWanted(fields) });
      },
    },
  };
}

/** `$SYS.REQ.ACCOUNT.PING.STATZ` in the system account: about all accounts, or those that are named. */
export function accountStatistics(context: MonitorContext, fields: RequestFields): object | typeof SILENCE {
  return statistics(context, { accounts: fields.texts('accounts'), unused: isUnusedWanted(fields) });
}

function isUnusedWanted(fields: RequestFields): boolean {
  return fields.boolean('include_unused');
}

/** Whoever has nothing to tell leaves it to other servers. */
function statistics(context: MonitorContext, options: AccountStatisticsOptions): object | typeof SILENCE {
  const found = accstatz(context.host, options, context.now());
  return found.account_statz.length === 0 && !options.unused ? SILENCE : found;
}

/** The account in `$SYS.REQ.ACCOUNT.<account>.<name>`. */
export function accountInSubject(subject: string): string {
  return latin1ToText(subject.split('.')[3] ?? '');
}
