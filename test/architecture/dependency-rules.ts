import type { IConfiguration } from 'dependency-cruiser';

/**
 * Who may import whom (see the READMEs of the four main folders). Held by `npm run check`; architecture.test.ts proves
 * that each rule can fail.
 */

/** Layers of the broker from the bottom up. A file imports from its own folder and from lower layers only. */
const brokerLayers = [
  ['base'],
  ['subject', 'wire', 'transport', 'store'],
  ['account'],
  ['auth'],
  ['delivery'],
  ['connection', 'jetstream'],
  ['cluster', 'mqtt', 'monitor'],
  ['config'],
];

const brokerLayerRules = brokerLayers.flatMap((folders, layer) =>
  folders.map((folder) => {
    const allowed = [folder, ...brokerLayers.slice(0, layer).flat()];
    return {
      name: `broker-${folder}-imports-downwards`,
      comment: `broker/${folder}/ may import ${allowed.join(', ')} limits.ts and options`,
      severity: 'error' as const,
      from: { path: `^broker/${folder}/` },
      to: {
        path: '^broker/',
        pathNot: [`^broker/(${allowed.join('|')})/`, '^broker/(limits\\.ts$|options(\\.ts$|/))'],
      },
    };
  }),
);

const rendererFeatures =
  'explorer|connections|broker|buckets|topology|jetstream|services|monitor|trace|lab|terminal|settings|log';
const electronFeatures =
  'broker-host|buckets|connections|explorer|topology|jetstream|services|monitor|trace|lab|terminal|sample';

const rules = {
  forbidden: [
    ...brokerLayerRules,
    {
      name: 'broker-stands-alone',
      comment: 'The broker runs without the app and without packages; its program reads the version of Natscope',
      severity: 'error',
      from: { path: '^broker/', pathNot: '^broker/auth/' },
      to: { pathNot: ['^broker/', '^package\\.json$'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'broker-auth-leans-on-one-package',
      comment: '@nats-io/nkeys for the boxes of curve keys, plain JavaScript',
      severity: 'error',
      from: { path: '^broker/auth/' },
      to: {
        pathNot: ['^broker/', '(^|/)node_modules/@nats-io/nkeys/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'broker-has-one-door',
      comment: 'Outside the broker only index.ts and subject/ are imported; tests and benchmarks reach inside',
      severity: 'error',
      from: { path: '^(electron|renderer|build)/' },
      to: { path: '^broker/', pathNot: '^broker/(index\\.ts$|subject/)' },
    },
    {
      name: 'pure-folders-stay-pure',
      comment: 'subject/ and wire/ do no input or output, so that a browser can run them',
      severity: 'error',
      from: { path: '^broker/(subject|wire)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-transport-has-sockets',
      severity: 'error',
      from: { path: '^broker/', pathNot: '^broker/(transport/|cli)' },
      to: { path: '^(node:)?(net|tls|http|https|dgram)$' },
    },
    {
      name: 'electron-does-not-import-renderer',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(renderer|test|build)/' },
    },
    {
      name: 'electron-module-in-the-front-only',
      comment: 'Only main.ts, platform/ and bridge/preload.ts know Electron',
      severity: 'error',
      from: { path: '^electron/', pathNot: '^electron/(main\\.ts$|platform/|bridge/preload)' },
      to: { path: '(^|/)node_modules/electron/' },
    },
    {
      name: 'electron-features-are-strangers',
      severity: 'error',
      from: { path: `^electron/(${electronFeatures})/` },
      to: { path: `^electron/(${electronFeatures})/`, pathNot: '^electron/$1/' },
    },
    {
      name: 'renderer-features-are-strangers',
      severity: 'error',
      from: { path: `^renderer/(${rendererFeatures})/` },
      to: { path: `^renderer/(${rendererFeatures})/`, pathNot: '^renderer/$1/' },
    },
    {
      name: 'renderer-ui-knows-no-domain',
      severity: 'error',
      from: { path: '^renderer/(ui|styles)/' },
      to: { path: '^(renderer|electron)/', pathNot: '^renderer/(ui|styles)/' },
    },
    {
      name: 'renderer-reaches-the-core-through-the-bridge',
      comment: 'Types of the contract, and broker/subject/; only bridge.ts runs code of electron/bridge/',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/bridge\\.ts$' },
      to: { path: '^(electron|broker|build)/', pathNot: ['^electron/bridge/contract\\.ts$', '^broker/subject/'] },
    },
    {
      name: 'renderer-bridge-knows-the-bridge-only',
      severity: 'error',
      from: { path: '^renderer/bridge\\.ts$' },
      to: { path: '^(electron|broker|build)/', pathNot: '^electron/bridge/(contract|frames|client|transports)' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/vite\\.config\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(broker|electron|renderer|build)/' },
      to: { path: '^test/', pathNot: '^test/support/chromium\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(virtual:|\\$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'browser', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.svelte', '.json', '.css'],
    },
  },
} satisfies IConfiguration;

export default rules;
