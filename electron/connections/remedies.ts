/**
 * What may mend each failure. Most are changes to the profile that can be applied with one key; the rest is advice that
 * names what to look at. The first is the likeliest.
 */

import type { Profile, Remedy } from '../bridge/contract.ts';
import type { ConnectFailure, FailureCode } from './failure-catalogue.ts';
import type { ServerInfo } from './info.ts';
import { defaultPorts, formatServer, parseServer } from './server-url.ts';
import type { Scheme, ServerAddress } from './server-url.ts';

export interface RemedyContext {
  profile: Profile;
  /** The server that was tried, as the profile has it. */
  server: string;
  failure: ConnectFailure;
  info: ServerInfo | undefined;
  /** Names of the certificate that was shown. */
  names: string[];
}

type Remedies = (context: RemedyContext) => Remedy[];

const advice = (label: string): Remedy => ({ label });

/** The profile with another address in the place of the one that failed. */
function servers(
  { profile, server }: RemedyContext,
  change: (address: ServerAddress) => Partial<ServerAddress>,
): {
  value: string;
  patch: NonNullable<Remedy['patch']>;
} | null {
  try {
    const address = parseServer(server);
    const next = formatServer({ ...address, ...change(address) });
    const { servers: all } = profile;
    // A server that the cluster named is not in the profile; what replaces it is tried first then.
    const patched = all.includes(server) ? all.map((known) => (known === server ? next : known)) : [next, ...all];
    return { value: next, patch: { servers: patched } };
  } catch {
    return null;
  }
}

function connectTo(context: RemedyContext, change: (address: ServerAddress) => Partial<ServerAddress>): Remedy[] {
  const changed = servers(context, change);
  return changed === null ? [] : [{ label: 'Connect to', ...changed }];
}

const clientPort: Remedies = (context) => connectTo(context, () => ({ port: defaultPorts.nats, portGiven: true }));

const otherScheme =
  (scheme: Scheme): Remedies =>
  (context) =>
    connectTo(context, () => ({ scheme, path: '' }));

const checkClock = advice('Check the clock of this machine');

/** The one extra that the files of credentials and certificates share. */
const chooseFile: Remedies = ({ failure }) => {
  const [fact] = failure.facts;
  return fact === undefined
    ? [advice('Choose another file')]
    : [{ label: `Choose another ${fact.label}`, value: fact.value }];
};

const wantsNonce: Remedies = ({ profile, info }) => {
  const methods: NonNullable<NonNullable<Remedy['patch']>['authenticationMethod']>[] =
    info?.nonce === undefined ? ['user', 'token'] : ['creds', 'nkey'];
  const labels = { user: 'User and password', token: 'Token', creds: 'Creds file', nkey: 'NKey' } as const;
  return methods
    .filter((method) => method !== profile.authentication.method)
    .map((method) => ({
      label: 'Authenticate by',
      value: labels[method as keyof typeof labels],
      patch: { authenticationMethod: method },
    }));
};

export const remediesByCode: Record<FailureCode, Remedies> = {
  'server-invalid': () => [advice('Write the address as nats://host:4222')],
  'host-not-found': () => [
    advice('Check the spelling of the host'),
    advice('Check whether a VPN is needed to reach it'),
  ],
  'dns-unavailable': () => [advice('Check the network of this machine')],
  'dns-timeout': () => [advice('Check the network of this machine')],
  'dns-failed': () => [advice('Check the spelling of the host')],

  refused: (context) => {
    const port = parseServer(context.server).port;
    return [
      advice('Check that a NATS server runs there'),
      ...(port === defaultPorts.nats || context.server.startsWith('ws') ? [] : clientPort(context)),
    ];
  },
  unreachable: () => [advice('Check the network, and whether a VPN is needed')],
  'tcp-timeout': () => [
    advice('Check that a firewall lets this port through'),
    advice('Check whether a VPN is needed to reach it'),
  ],
  'tcp-denied': () => [advice('Check the firewall of this machine')],
  'tcp-failed': () => [advice('Try again'), advice('Check for a proxy or firewall in between')],

  'info-timeout': (context) => [
    ...clientPortUnlessUsed(context),
    advice('Check that the program behind this port is a NATS server'),
  ],
  'closed-before-info': (context) => [
    advice('Check that a load balancer in front has a server behind it'),
    ...clientPortUnlessUsed(context),
  ],
  'http-server': (context) => [
    ...connectTo(context, ({ scheme }) => ({ scheme: scheme === 'tls' ? 'wss' : 'ws', portGiven: true })),
    ...clientPortUnlessUsed(context),
  ],
  'monitoring-port': clientPort,
  'not-nats': (context) => [...clientPortUnlessUsed(context), advice('Check the port')],
  'info-malformed': () => [advice('Check that the program behind this port is a NATS server')],
  'info-too-long': () => [advice('Check that the program behind this port is a NATS server')],
  'tls-first-wanted': ({ profile }) => [
    { label: 'TLS first', value: 'on', patch: { tls: { ...profile.tls, first: true } } },
  ],
  'ws-refused': () => [advice('Check the path of the address'), advice('Check what a proxy in front lets through')],
  'ws-timeout': (context) => otherScheme('nats')(context),
  'ws-failed': (context) => otherScheme('nats')(context),
  'ws-not-http': (context) => otherScheme('nats')(context),
  'ws-tls-wanted': (context) => connectTo(context, () => ({ scheme: 'wss', portGiven: true })),

  'file-missing': chooseFile,
  'file-unreadable': (context) => [advice('Allow this user to read the file'), ...chooseFile(context)],
  'file-malformed': chooseFile,
  'key-mismatch': () => [advice('Choose the key that was made with this certificate')],
  'key-encrypted': () => [advice('Save the key without passphrase: openssl pkey -in KEY -out NEW')],
  'key-without-certificate': () => [advice('Choose both, or neither')],
  'tls-not-offered': (context) => {
    const plain = servers(context, () => ({ scheme: 'nats' }));
    if (plain === null) return [];
    return [{ label: 'Connect without TLS', value: plain.value, danger: true, patch: { ...plain.patch, tls: {} } }];
  },
  'tls-not-spoken': (context) => {
    const { profile } = context;
    const { first, ...tls } = profile.tls;
    if (first === true) return [{ label: 'TLS first', value: 'off', patch: { tls } }];
    return connectTo(context, ({ scheme }) => ({ scheme: scheme === 'wss' ? 'ws' : 'nats', portGiven: true }));
  },
  'tls-unknown-authority': () => [
    advice('Choose the CA file that the server was set up with'),
    advice('Install the authority in this machine'),
  ],
  'tls-name-mismatch': (context) => {
    const { profile, names } = context;
    const usable = names.filter((name) => !name.includes('*')).slice(0, 3);
    const asked = usable.slice(0, 2).map((name) => ({
      label: 'Server name',
      value: name,
      patch: { tls: { ...profile.tls, serverName: name } },
    }));
    const [first] = usable;
    const moved = first === undefined ? [] : connectTo(context, () => ({ host: first }));
    const skip: Remedy = {
      label: 'Skip name check on this connection',
      danger: true,
      patch: { tls: { ...profile.tls, skipNameCheck: true } },
    };
    return [...asked, ...moved, skip];
  },
  'tls-expired': () => [advice('Renew the certificate of the server'), checkClock],
  'tls-not-yet-valid': () => [checkClock],
  'tls-certificate-refused': () => [advice('Look at the certificate of the server')],
  'tls-client-certificate-wanted': () => [advice('Choose the certificate and key files of this client')],
  'tls-client-certificate-refused': () => [
    advice('Choose a certificate by an authority that the server knows'),
    advice('Check that it has not expired'),
  ],
  'tls-version': () => [advice('Let the server speak TLS 1.2 or newer')],
  'tls-timeout': (context) => [advice('Check that this port speaks TLS'), ...clientPortUnlessUsed(context)],
  'tls-failed': () => [advice('Look into the log of the server')],

  'creds-missing': chooseFile,
  'creds-unreadable': (context) => [advice('Allow this user to read the file'), ...chooseFile(context)],
  'creds-malformed': () => [advice('Make the file anew: nsc generate creds')],
  'creds-expired': () => [advice('Make the credentials anew: nsc generate creds'), checkClock],
  'seed-missing': () => [advice('Give the seed, or choose its file')],
  'seed-malformed': () => [advice('Give the seed of a user; it begins with SU')],
  'seed-file-missing': chooseFile,
  'seed-file-unreadable': (context) => [advice('Allow this user to read the file'), ...chooseFile(context)],
  'jwt-malformed': () => [advice('Give the JWT again, all of it')],
  'authentication-wanted': wantsNonce,
  'authorization-violation': () => [
    advice('Check the credentials for typing errors'),
    advice('Ask who runs the server for an account'),
  ],
  'method-mismatch': wantsNonce,
  'authentication-timeout': () => [advice('Try again'), advice('Look at the auth callout of the server')],
  'authentication-expired': () => [advice('Make the credentials anew'), checkClock],
  'account-expired': () => [advice('Renew the account: nsc push')],
  'authentication-revoked': () => [advice('Ask for new credentials')],
  'account-unknown': () => [advice('Push the account to the server: nsc push')],
  'connections-exceeded': () => [advice('Close other clients'), advice('Raise max_connections of the server')],
  'account-connections-exceeded': () => [
    advice('Close other clients of this account'),
    advice('Raise the connection limit of the account'),
  ],
  throttled: () => [advice('Try again later')],
  'tls-wanted': (context) => otherScheme('tls')(context),
  'route-port': clientPort,
  'leafnode-port': clientPort,
  'gateway-port': clientPort,
  'stale-connection': () => [advice('Try again')],
  'lame-duck': () => [advice('Connect to another server of the cluster')],
  'connect-timeout': () => [advice('Try again'), advice('Look into the log of the server')],
  'closed-by-server': () => [advice('Look into the log of the server')],
  'server-error': () => [advice('Look into the log of the server')],
  'protocol-error': () => [advice('Check that the program behind this port is a NATS server')],

  'subscription-refused': () => [
    advice('Subscribe to subjects that this user may see'),
    advice('Allow the user to subscribe'),
  ],
  'inbox-refused': () => [advice('Set the inbox prefix that this user may subscribe to')],
  'subscriptions-exceeded': () => [advice('Subscribe to fewer subjects')],
  'permissions-timeout': () => [advice('Try again')],

  cancelled: () => [],
};

function clientPortUnlessUsed(context: RemedyContext): Remedy[] {
  const { port, scheme } = parseServer(context.server);
  return port === defaultPorts.nats || scheme === 'ws' || scheme === 'wss' ? [] : clientPort(context);
}

export function remediesFor(context: RemedyContext): Remedy[] {
  return remediesByCode[context.failure.code](context);
}
