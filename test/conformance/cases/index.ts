import type { CaseGroup } from '../case.ts';
import { accountGroups } from './account-groups.ts';
import { autoUnsubscribe } from './auto-unsubscribe.ts';
import { authCalloutOperator } from './auth-callout-operator.ts';
import { authCallout } from './auth-callout.ts';
import { authNkeys } from './auth-nkeys.ts';
import { authReload } from './auth-reload.ts';
import { authUsers } from './auth-users.ts';
import { authentication } from './authentication.ts';
import { connect } from './connect.ts';
import { headers } from './headers.ts';
import { info } from './info.ts';
import { lameDuck } from './lame-duck.ts';
import { limits } from './limits.ts';
import { monitoring } from './monitoring.ts';
import { monitoringAccounts } from './monitoring-accounts.ts';
import { monitoringConnections } from './monitoring-connections.ts';
import { monitoringListeners } from './monitoring-listeners.ts';
import { monitoringOperator } from './monitoring-operator.ts';
import { noResponders } from './no-responders.ts';
import { operatorGroups } from './operator-groups.ts';
import { parser } from './parser.ts';
import { parserRefusals } from './parser-refusals.ts';
import { permissions } from './permissions.ts';
import { publish } from './publish.ts';
import { queues } from './queues.ts';
import { subscribe } from './subscribe.ts';
import { systemAccounts } from './system-accounts.ts';
import { systemEvents } from './system-events.ts';
import { systemRefusals } from './system-refusals.ts';
import { systemRequests } from './system-requests.ts';
import { timers } from './timers.ts';
import { tlsClients } from './tls-clients.ts';
import { tls } from './tls.ts';
import { verbose } from './verbose.ts';
import { webSocketUpgrade } from './websocket-upgrade.ts';
import { webSocket } from './websocket.ts';
import { wildcards } from './wildcards.ts';

/** The whole table. */
export const groups: readonly CaseGroup[] = [
  { name: 'INFO', cases: info },
  { name: 'CONNECT', cases: connect },
  { name: 'authentication', cases: authentication },
  { name: 'users', cases: authUsers },
  { name: 'nkeys', cases: authNkeys },
  { name: 'permissions', cases: permissions },
  { name: 'auth callout', cases: authCallout },
  { name: 'auth callout under an operator', cases: authCalloutOperator },
  { name: 'users after a reload', cases: authReload },
  { name: 'parser', cases: parser },
  { name: 'parser refusals', cases: parserRefusals },
  { name: 'PUB', cases: publish },
  { name: 'SUB and UNSUB', cases: subscribe },
  { name: 'wildcards', cases: wildcards },
  { name: 'auto-unsubscribe', cases: autoUnsubscribe },
  { name: 'queue groups', cases: queues },
  { name: 'headers', cases: headers },
  { name: 'no responders', cases: noResponders },
  { name: 'verbose and pedantic', cases: verbose },
  { name: 'limits', cases: limits },
  { name: 'timers', cases: timers },
  { name: 'lame duck', cases: lameDuck },
  { name: 'TLS', cases: tls },
  { name: 'TLS: clients', cases: tlsClients },
  { name: 'WebSocket', cases: webSocket },
  { name: 'WebSocket: upgrade', cases: webSocketUpgrade },
  { name: 'monitoring', cases: monitoring },
  { name: 'monitoring: connections', cases: monitoringConnections },
  { name: 'monitoring: accounts', cases: monitoringAccounts },
  { name: 'monitoring: keys and tokens', cases: monitoringOperator },
  { name: 'monitoring: listeners', cases: monitoringListeners },
  { name: 'system: requests', cases: systemRequests },
  { name: 'system: accounts', cases: systemAccounts },
  { name: 'system: events', cases: systemEvents },
  { name: 'system: refusals', cases: systemRefusals },
  ...accountGroups,
  ...operatorGroups,
];
