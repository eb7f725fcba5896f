import type { MonitorHost } from './host.ts';
import type { RequestFields } from './request-fields.ts';
import { serverTags } from './varz.ts';

/** Whether a request is meant for this server: one that is not is left to others, without a word. */
export function isMeant(host: MonitorHost, fields: RequestFields): boolean {
  const exact = fields.boolean('exact_match');
  const fits = (own: string, wanted: string): boolean =>
    wanted === '' || (exact ? own === wanted : own.includes(wanted));
  const tags = serverTags(host.options);
  return (
    fits(host.serverName, fields.text('server_name')) &&
    fits(host.clientAddress.host, fields.text('host')) &&
    // It is in no cluster.
    fits('', fields.text('cluster')) &&
    ['', host.options.kept?.jetstream?.domain].includes(fields.text('domain')) &&
    fields.texts('tags').every((tag) => tags.includes(tag.trim().toLowerCase()))
  );
}
