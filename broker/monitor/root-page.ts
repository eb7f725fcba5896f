import { posix } from 'node:path';

const LINKS = [
  ['/varz', 'Server'],
  ['/jsz', 'JetStream'],
  ['/connz', 'Connections'],
  ['/accountz', 'Accounts'],
  ['/accstatz', 'Account statistics'],
  ['/subsz', 'Subscriptions'],
  ['/routez', 'Routes'],
  ['/leafz', 'Leaf nodes'],
  ['/gatewayz', 'Gateways'],
  ['/raftz', 'Raft groups'],
  ['/healthz', 'Health'],
  ['/debug/vars', 'Runtime'],
] as const;

/** A page with links to the endpoints. `base` is the path that it stands under; links are relative, so that proxies may move it. */
export function rootPage(base: string, version: string, natscopeVersion: string | undefined): string {
  const items = LINKS.map(([path, name]) => {
    return `    <li><a href=".${posix.join(base, path)}">${name}</a> <code>${path}</code></li>`;
  });
  const by = natscopeVersion === undefined ? '' : ` by Natscope ${natscopeVersion}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '  <meta charset="utf-8">',
    '  <title>NATS monitoring</title>',
    '  <style>',
    '    body { font: 15px/1.7 system-ui, sans-serif; margin: 3rem auto; max-width: 30rem; color: #1c2430; background: #fff }',
    '    h1 { font-size: 1.2rem } ul { list-style: none; padding: 0 } a { color: #0b63b5 } code, p { color: #6a7482 }',
    '    @media (prefers-color-scheme: dark) { body { background: #14181f; color: #e4e8ee } a { color: #6db3f2 } }',
    '  </style>',
    '</head>',
    '<body>',
    '  <h1>NATS monitoring</h1>',
    '  <ul>',
    ...items,
    '  </ul>',
    `  <p>nats-server ${version}${by}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
