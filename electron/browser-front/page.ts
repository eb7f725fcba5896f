/** What a person sees instead of the window when it cannot be shown. The text is ours; nothing of the request is in it. */
export function page(title: string, text: string, link: boolean, nonce: string): Uint8Array {
  // A link followed from here counts as one of this site, so that the cookie goes along even when the way here did not.
  const again = link ? '<p><a href="/">Open Natscope</a></p>' : '';
  return new TextEncoder().encode(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Natscope: ${title}</title>` +
      `<style nonce="${nonce}">body{font:14px system-ui;margin:15vh auto;max-width:32em;padding:0 1em;color-scheme:light dark}</style>` +
      `<h1>${title}</h1><p>${text}</p>${again}</html>`,
  );
}
