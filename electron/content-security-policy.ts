/**
 * What a window may load and do, in both fronts. Nothing from elsewhere, no inline script, no frame, no form, and no text
 * that becomes markup except through Svelte's own templates. A style element needs the nonce of its page: the editor,
 * which writes its styles while it runs, reads it from the page.
 */
export function contentSecurityPolicy(nonce: string, connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // The browser itself writes style attributes while somebody types over coloured text in the editor. They can load
    // nothing: what a style may fetch is bound to this origin below.
    "style-src-attr 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}

/** Headers of every answer that a window gets, beside the policy. */
export const windowHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** One for every answer; what cannot be guessed cannot be written into a page beforehand. */
export function createNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString('base64');
}

/** The page with its nonce in its head, where scripts that write styles look for it. Other files are left as they are. */
export function withNonce(
  file: { bytes: Uint8Array<ArrayBuffer>; type: string },
  nonce: string,
): Uint8Array<ArrayBuffer> {
  if (!file.type.startsWith('text/html')) return file.bytes;
  const html = new TextDecoder().decode(file.bytes);
  return new TextEncoder().encode(html.replace('<head>', `<head><meta property="csp-nonce" nonce="${nonce}">`));
}
