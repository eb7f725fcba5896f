import { latin1ToText, quoteLatin1 } from '../base/latin1.ts';

/** Lines of the trace, in nats-server's form. Arguments are latin1; the lines are text. */

/** `<<- [PUB foo 5]` for what came in, `->> [MSG foo 1 5]` for what went out. */
export function operationLine(direction: '<<-' | '->>' | '<->', verb: string, argument?: string): string {
  return latin1ToText(`${direction} [${argument === undefined ? verb : `${verb} ${argument}`}]`);
}

/** Undefined for an empty payload, which has no line. `lengthMax` 0: all of it. */
export function payloadLine(direction: '<<-' | '->>', payload: string, lengthMax: number): string | undefined {
  if (payload === '') return undefined;
  const shown =
    lengthMax > 0 && payload.length > lengthMax
      ? `${quoteLatin1(payload.slice(0, lengthMax)).slice(0, -1)}..."`
      : quoteLatin1(payload);
  return latin1ToText(`${direction} MSG_PAYLOAD: [${shown}]`);
}
