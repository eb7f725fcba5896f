import { latin1ToText, quoteLatin1 } from '../base/latin1.ts';
import type { Arena } from '../base/arena.ts';
import { FAULT_SNIPPET_BYTES } from '../limits.ts';
import type { Parser, ProtocolFault } from '../wire/parser.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';

/** Ends a connection that broke the protocol, with the word and the reason that nats-server has for it. */
export function endForFault(client: Client, arena: Arena, fault: ProtocolFault, parser: Parser): void {
  switch (fault) {
    case 'unknown-operation': {
      client.sendError(ERRORS.unknownOperation);
      const snippet = arena.latin1(parser.faultAt, Math.min(parser.faultAt + FAULT_SNIPPET_BYTES, parser.faultEnd));
      client.log('error', `Client parser ERROR, proto='${latin1ToText(quoteLatin1(snippet))}...'`);
      return client.finish(CLOSE_REASONS.protocolViolation);
    }
    case 'malformed-arguments':
    case 'headers-not-supported':
      client.log(
        'error',
        fault === 'headers-not-supported' ? 'message headers not supported' : 'processPub Parse Error',
      );
      return client.shut(CLOSE_REASONS.protocolViolation);
    case 'control-line-exceeded':
      client.sendError(ERRORS.controlLineExceeded);
      client.log('error', ERRORS.controlLineExceeded);
      return client.finish(CLOSE_REASONS.controlLineExceeded);
    case 'payload-exceeded':
      client.log('error', `maximum payload exceeded: ${parser.payloadBytes} vs ${client.payloadBytesMax}`);
      client.sendError(ERRORS.payloadViolation);
      return client.finish(CLOSE_REASONS.payloadExceeded);
  }
}
