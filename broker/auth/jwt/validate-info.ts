import type { Issues } from './issues.ts';

/** Bytes of a description or of its link. */
const INFO_BYTES_MAX = 8 * 1024;

/** What people are told of an account or an export. */
export function checkInfo(info: { readonly description: string; readonly info_url: string }, issues: Issues): void {
  if (Buffer.byteLength(info.description) > INFO_BYTES_MAX) issues.error('Description is too long');
  if (info.info_url === '') return;
  if (Buffer.byteLength(info.info_url) > INFO_BYTES_MAX) issues.error('Info URL is too long');
  const url = URL.parse(info.info_url);
  if (url === null || url.hostname === '') issues.error('error parsing info url: no hostname or scheme');
}
