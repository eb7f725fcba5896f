import { GLOBAL_ACCOUNT, SYSTEM_ACCOUNT } from '../account/account.ts';
import { AUTH_TIMEOUT_MS_DEFAULT, TLS_TIMEOUT_MS_DEFAULT } from '../limits.ts';
import type { BrokerOptions } from '../options.ts';
import type { UserOptions } from '../options/authentication.ts';
import type { ConnectionType } from '../options/permissions.ts';

/** What one kind of connection is asked for. The WebSocket listener may have credentials of its own. */
export interface Door {
  readonly required: boolean;
  readonly demanded: boolean;
  /** '' where there is none, here and below. */
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** Name or key of the user that those are who show nothing. */
  readonly noAuthUser: string;
  /** A certificate says who somebody is. */
  readonly byCertificate: boolean;
  readonly timeoutMs: number;
}

/** The users of a configuration, by what they are known by. */
export interface Directory {
  readonly byName: ReadonlyMap<string, UserOptions>;
  readonly byKey: ReadonlyMap<string, UserOptions>;
  /**
   * Name of a user made up for those who show nothing: there, as in nats-server, when nothing but the system account is
   * configured, so that its users do not lock everybody else out.
   */
  readonly madeUp: string | undefined;
}

/** `serverId` names the made-up user, who is the same after a reload then. He is no secret: everybody may be he. */
export function directoryOf(options: BrokerOptions, serverId: string): Directory {
  const users = [...(options.users ?? [])];
  let madeUp: string | undefined;
  if (onlySystemIsConfigured(options)) {
    const password = serverId.slice(1, 9);
    madeUp = `nats-${password}`;
    users.push({ user: madeUp, password });
  }
  const byName = new Map<string, UserOptions>();
  const byKey = new Map<string, UserOptions>();
  for (const user of users) {
    if (user.nkey !== undefined) byKey.set(user.nkey, user);
    else byName.set(user.user ?? '', user);
  }
  return { byName, byKey, madeUp };
}

/** With any sign of an `authorization` block nats-server takes it that more is meant. */
function onlySystemIsConfigured({ users = [], accounts = [], systemAccount, ...rest }: BrokerOptions): boolean {
  const system = systemAccount ?? SYSTEM_ACCOUNT;
  const names = accounts.map(({ name }) => name).filter((name) => name !== GLOBAL_ACCOUNT);
  const signs = [rest.user, rest.password, rest.token, rest.authTimeoutMs, rest.defaultPermissions, rest.authCallout];
  if (names.length !== 1 || names[0] !== system || rest.noSystemAccount === true) return false;
  if (rest.noAuthUser !== undefined || rest.operator !== undefined) return false;
  return users.every(({ account }) => account === system) && signs.every((sign) => sign === undefined);
}

/** Milliseconds that a connection of a kind has to show who it is. */
export function authTimeoutMs({ authTimeoutMs: given, tls, webSocket }: BrokerOptions, type: ConnectionType): number {
  const withTls = tls === undefined ? AUTH_TIMEOUT_MS_DEFAULT : (tls.timeoutMs || TLS_TIMEOUT_MS_DEFAULT) + 1000;
  return (type === 'WEBSOCKET' && webSocket?.authTimeoutMs) || given || withTls;
}

/** What connections of a kind are asked for. */
export function doorOf(options: BrokerOptions, directory: Directory, type: ConnectionType): Door {
  const hasUsers = directory.byName.size + directory.byKey.size > 0;
  const requiredAnyway = hasUsers || Boolean(options.user) || Boolean(options.token);
  const noAuthUser = options.noAuthUser || (directory.madeUp ?? '');
  const general: Door = {
    required: requiredAnyway,
    // A client library may refuse to connect without credentials where they are demanded; the made-up user is no secret.
    demanded: requiredAnyway && !options.noAuthUser,
    user: options.user ?? '',
    password: options.password ?? '',
    token: options.token ?? '',
    noAuthUser,
    byCertificate: options.tls?.verifyAndMap === true,
    timeoutMs: authTimeoutMs(options, type),
  };
  const { webSocket } = options;
  if (type !== 'WEBSOCKET' || webSocket === undefined) return general;
  const { user = '', password = '', token = '', noAuthUser: ownNoAuthUser = '' } = webSocket;
  const own = user !== '' || token !== '' || ownNoAuthUser !== '';
  const required = requiredAnyway || own;
  return {
    ...general,
    ...(own ? { user, password, token, noAuthUser: ownNoAuthUser } : {}),
    required,
    // Here a user for those who show nothing changes nothing of INFO.
    demanded: required,
    byCertificate: webSocket.tls?.verifyAndMap === true,
  };
}
