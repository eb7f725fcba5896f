import type { Link } from '../link.ts';
import type { JetStreamApi } from './client.ts';

/**
 * The link as the capture sees it: what the app itself asks of JetStream, so that its views can be drawn, is no traffic
 * of the system that is looked at. All else passes through.
 */
export function withoutOwnRequests(link: Link, api: Pick<JetStreamApi, 'isOwn'>): Link {
  const subscribe: Link['subscribe'] = (subject, queue, onMessage, onError, account) =>
    link.subscribe(
      subject,
      queue,
      (message) => {
        if (!api.isOwn(message)) onMessage(message);
      },
      onError,
      account,
    );
  // Everything else is the link's own: its fields change while it lives.
  return Object.create(link, { subscribe: { value: subscribe } }) as Link;
}
