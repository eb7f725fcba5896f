import { latin1ToText, quoteLatin1 } from '../base/latin1.ts';
import { isReservedSubject } from '../delivery/match-cache.ts';
import { withHeader } from '../delivery/message-stack.ts';
import { MessageTrace } from '../delivery/trace.ts';
import {
  mayAskForTrace,
  readTraceHeaders,
  TRACE_DESTINATION_HEADER,
  TRACE_DISABLED,
  TRACE_ORIGIN_HEADER,
  type TraceHeaders,
} from '../delivery/trace-headers.ts';
import { isValidPublishSubject } from '../subject/validity.ts';
import type { Parser } from '../wire/parser.ts';
import type { Client } from './client.ts';
import type { ConnectionContext } from './context.ts';
import type { Membership } from './membership.ts';
import { refuseTraceDestination } from './publish-rules.ts';

/** Publishes a message whose headers may ask for its way to be followed. `publish` does it, with a trace or without. */
export function publishTraced(
  client: Client,
  context: ConnectionContext,
  message: Parser,
  publish: (message: Parser, trace: MessageTrace | undefined) => void,
): void {
  const { tracing, messages, arena } = context;
  const outcome = openTrace(client, context, message);
  if (outcome.type === 'skipped') return;
  if (outcome.type === 'traced') {
    const { trace } = outcome;
    tracing.as(trace, () => publish(message, trace));
    return tracing.finish(trace);
  }
  if (!outcome.disabled) return publish(message, undefined);
  const { subjectStart, subjectEnd, replyStart, replyEnd } = message;
  const reply = replyEnd === 0 ? '' : arena.latin1(replyStart, replyEnd);
  const headers = arena.latin1(message.payloadStart, message.payloadStart + message.headerBytes);
  const block = withHeader(headers, TRACE_DESTINATION_HEADER, TRACE_DISABLED);
  const changed = messages.layChanged(message, arena.latin1(subjectStart, subjectEnd), reply, block);
  if (changed === undefined) return;
  try {
    publish(changed, undefined);
  } finally {
    messages.release();
  }
}

/** Tells whoever follows a message that it is too big to be taken; as much of its headers as has come is looked at. */
export function traceOversized(client: Client, context: ConnectionContext, message: Parser): void {
  const { payloadStart, headerBytes, faultEnd } = message;
  const headersEnd = Math.min(faultEnd, payloadStart + headerBytes);
  if (headerBytes <= 0 || client.membership === undefined) return;
  if (!mayAskForTrace(context.arena.bytes, payloadStart, headersEnd - payloadStart)) return;
  const outcome = openTrace(client, context, message, headersEnd);
  if (outcome.type !== 'traced') return;
  outcome.trace.refuse('maximum payload exceeded');
  context.tracing.finish(outcome.trace);
}

/** What becomes of a message whose headers ask for its way to be followed (ADR-41). */
type TraceOutcome =
  | { readonly type: 'traced'; readonly trace: MessageTrace }
  /** It goes its way as any other; with `disabled`, nobody behind follows it either. */
  | { readonly type: 'plain'; readonly disabled: boolean }
  /** It was meant to be followed only, and cannot be. */
  | { readonly type: 'skipped' };

const PLAIN: TraceOutcome = { type: 'plain', disabled: false };
const SKIPPED: TraceOutcome = { type: 'skipped' };

/** Looks at the headers of a message that may ask for it. `headersEnd`: where those end that have come. */
function openTrace(
  client: Client,
  context: ConnectionContext,
  message: Parser,
  headersEnd = message.payloadStart + message.headerBytes,
): TraceOutcome {
  const { arena } = context;
  const { account, permissions } = client.membership as Membership;
  const headers = readTraceHeaders(arena.latin1(message.payloadStart, headersEnd));
  if (headers === undefined) return PLAIN;
  const otherwise = headers.only ? SKIPPED : PLAIN;
  const origin = headers.values[TRACE_ORIGIN_HEADER]?.[0];
  if (origin !== undefined) {
    const header = `${JSON.stringify(TRACE_ORIGIN_HEADER)} with value=${JSON.stringify(origin)}`;
    client.log('error', `Message tracing disabled because of header ${header}`);
    return headers.only ? SKIPPED : { type: 'plain', disabled: true };
  }
  const destination = destinationOf(headers, client);
  if (destination === undefined) return PLAIN;
  if (destination === '') return { type: 'plain', disabled: true };
  if (!isValidPublishSubject(destination)) {
    const quoted = latin1ToText(quoteLatin1(destination));
    client.log('error', `Destination ${quoted} is not valid, won't be able to trace events`);
    return otherwise;
  }
  if (isReservedSubject(destination) || permissions?.mayPublish(destination) === false) {
    refuseTraceDestination(client, destination);
    return SKIPPED;
  }
  const subject = arena.latin1(message.subjectStart, message.subjectEnd);
  const { outbound } = client;
  const trace = new MessageTrace(account, outbound, headers, destination, subject, message.payloadBytes);
  return { type: 'traced', trace };
}

/**
 * Where events go: what the message says, or what its account says for those of tracing systems. Undefined when it says
 * nothing, '' when chance decides against it.
 */
function destinationOf({ destination }: TraceHeaders, client: Client): string | undefined {
  if (destination !== undefined) return destination;
  const { account } = client.membership as Membership;
  const configured = account.traceDestination;
  if (configured === undefined) return undefined;
  const percent = account.options.trace?.samplingPercent ?? 100;
  // As nats-server draws, one in a hundred more than asked for.
  const sampled = percent <= 0 || percent >= 100 || Math.floor(Math.random() * 100) <= percent;
  return sampled ? configured : '';
}
