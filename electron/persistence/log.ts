import type { LogEntry } from '../bridge/contract.ts';

/** Where persistence tells what it could not read. Never given a secret. */
export type PersistenceLog = (level: LogEntry['level'], text: string) => void;
