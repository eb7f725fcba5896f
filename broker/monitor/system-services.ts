import type { ExportOptions, ImportOptions } from '../options.ts';

/** What every account may ask the system account for, as nats-server exports it there. */
export const SYSTEM_EXPORTS: readonly ExportOptions[] = [
  { type: 'service', subject: '$SYS.REQ.ACCOUNT.*.CONNZ', responseType: 'stream' },
  { type: 'service', subject: '$SYS.REQ.ACCOUNT.*.STATZ', responseType: 'stream' },
  { type: 'service', subject: '$SYS.DEBUG.SUBSCRIBERS' },
  { type: 'service', subject: '$SYS.REQ.USER.*.INFO' },
];

/** The API of JetStream, where it runs: nats-server has it in the system account, and every account imports it. */
export const API_EXPORT: ExportOptions = { type: 'service', subject: '$JS.API.>' };

export function apiImport(system: string): ImportOptions {
  return { type: 'service', account: system, subject: API_EXPORT.subject, share: true };
}

/** Under which subjects an account finds that. The system account itself has only the last one: the others are its own. */
export function systemImports(account: string, system: string): ImportOptions[] {
  const service = { type: 'service', account: system } as const;
  const info: ImportOptions = { ...service, subject: `$SYS.REQ.USER.${account}.INFO`, to: USER_INFO, share: true };
  if (account === system) return [info];
  return [
    { ...service, subject: `$SYS.REQ.ACCOUNT.${account}.CONNZ`, to: ACCOUNT_CONNECTIONS },
    { ...service, subject: `$SYS.REQ.ACCOUNT.${account}.CONNZ`, to: SERVER_CONNECTIONS },
    { ...service, subject: `$SYS.REQ.ACCOUNT.${account}.STATZ`, to: ACCOUNT_STATISTICS },
    info,
  ];
}

const USER_INFO = '$SYS.REQ.USER.INFO';
const ACCOUNT_CONNECTIONS = '$SYS.REQ.ACCOUNT.PING.CONNZ';
const SERVER_CONNECTIONS = '$SYS.REQ.SERVER.PING.CONNZ';
export const ACCOUNT_STATISTICS = '$SYS.REQ.ACCOUNT.PING.STATZ';
