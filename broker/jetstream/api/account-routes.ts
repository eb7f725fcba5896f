import type { AccountJetStream } from '../account-jetstream.ts';
import { WHOLE } from '../account-tiers.ts';
import { accountInfoJson, type Usage as UsageTold } from '../encode/info-fields.ts';
import { type AccountLimits, ZERO_LIMITS } from '../resource-limits.ts';
import { type Answer, success } from './answers.ts';

/** Streams of a single server have one replica each, so that all of them are in one tier. */
const TIER = 'R1';

/** `INFO` */
export function answerAccountInfo(account: AccountJetStream): Answer {
  const { usage, streams, domain, reserved, api, tiers } = account;
  let consumers = 0;
  for (const stream of streams.values()) consumers += stream.consumers.size;
  const used = {
    memory: usage.memory,
    storage: usage.storage,
    reserved_memory: reserved.memory,
    reserved_storage: reserved.storage,
    streams: streams.size,
    consumers,
  };
  const whole = tiers.get(WHOLE);
  const info = accountInfoJson({
    ...used,
    limits: whole ?? ZERO_LIMITS,
    domain,
    // The request at hand is counted when it is answered.
    api: { total: api.total, errors: api.errors },
    tiers: whole === undefined ? tiersTold(used, tiers) : undefined,
  });
  return success('account_info', info);
}

type Used = Omit<UsageTold, 'limits'>;

const NOTHING_USED: Used = {
  memory: 0,
  storage: 0,
  reserved_memory: 0,
  reserved_storage: 0,
  streams: 0,
  consumers: 0,
};

function tiersTold(used: Used, tiers: ReadonlyMap<string, AccountLimits>): Record<string, UsageTold> {
  const told: Record<string, UsageTold> = {};
  if (used.streams > 0 && !tiers.has(TIER)) told[TIER] = { ...used, limits: ZERO_LIMITS };
  for (const [name, limits] of tiers) told[name] = { ...(name === TIER ? used : NOTHING_USED), limits };
  return told;
}
