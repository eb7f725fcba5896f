import { GLOBAL_ACCOUNT } from '../account/account.ts';
import type { Identity } from '../auth/authentication.ts';
import { whoText } from '../auth/shown.ts';
import { latin1ToText, quoteLatin1 } from '../base/latin1.ts';
import { LAST_WORD_MS, TIMER_MS_MAX } from '../limits.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';
import type { ConnectionContext } from './context.ts';
import { Membership } from './membership.ts';

/** How a connection stands with its account: comes in, is looked at again, is bound by limits, runs out, leaves. */
export class Standing {
  readonly #context: ConnectionContext;
  readonly #client: Client;
  #expiryTimer: NodeJS.Timeout | undefined;
  #endTimer: NodeJS.Timeout | undefined;
  /** The account it was in last, once it is in none. */
  lastAccount = GLOBAL_ACCOUNT;
  /** What the connection got before it came into its present account. */
  outMessagesBefore = 0;
  outBytesBefore = 0;

  constructor(context: ConnectionContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  /** False when the account takes nobody any more: then the connection has been told and is closed. */
  join(identity: Identity | undefined, accountName: string): boolean {
    const client = this.#client;
    const { accounts, caches } = this.#context;
    const account = accounts.get(accountName);
    this.leave();
    if (account === undefined) {
      client.refuse({ error: ERRORS.authorizationViolation, reason: CLOSE_REASONS.missingAccount });
      return false;
    }
    const connectionsMax = account.options.limits?.connectionsMax ?? -1;
    if (connectionsMax >= 0 && account.connections >= connectionsMax && !client.own) {
      this.exceed();
      return false;
    }
    const membership = new Membership(caches, account, identity, client.own);
    client.membership = membership;
    this.lastAccount = account.name;
    client.subscriptions.belongTo(account, membership.permissions);
    this.applyLimits();
    client.watch();
    this.#expireAt(identity?.expiresAt);
    return true;
  }

  leave(): void {
    const client = this.#client;
    clearTimeout(this.#expiryTimer);
    clearTimeout(this.#endTimer);
    const { membership, outbound } = client;
    if (membership === undefined) return;
    client.subscriptions.clear();
    const { account } = membership;
    account.outMessagesLeft += outbound.outMessages - this.outMessagesBefore;
    account.outBytesLeft += outbound.outBytes - this.outBytesBefore;
    this.outMessagesBefore = outbound.outMessages;
    this.outBytesBefore = outbound.outBytes;
    membership.leave();
    client.membership = undefined;
  }

  /** Its account takes no more than are there without it. */
  exceed(): void {
    const client = this.#client;
    client.sendError(ERRORS.accountConnectionsExceeded);
    client.log('error', ERRORS.accountConnectionsExceeded);
    client.finish(CLOSE_REASONS.accountConnectionsExceeded);
  }

  /** Looks again at who it is, after the options or the claims have changed. */
  async review(): Promise<void> {
    const client = this.#client;
    const { membership } = client;
    if (client.closed || membership === undefined) return;
    const { identity, account } = membership;
    const { authentication, accounts } = this.#context;
    if (identity === undefined) {
      // It never showed who it is: it may stay only where nobody needs to.
      if (client.awaitsCredentials) {
        client.refuse({ error: ERRORS.authorizationViolation, reason: CLOSE_REASONS.authenticationFailure });
      } else {
        this.applyLimits();
      }
      return;
    }
    if (client.own) return this.applyLimits();
    const outcome = await authentication.review(identity, client.options, client.facts);
    if (client.closed) return;
    if (outcome.refusal !== undefined) return client.refuse(outcome.refusal);
    if (outcome.identity.account !== account.name || accounts.get(account.name) !== account) {
      // Other subjects now: nats-server closes such a connection without a word and has it come again.
      const debug = 'The account of its user has changed';
      return client.refuse({ error: '', reason: CLOSE_REASONS.clientClosed, debug });
    }
    client.options = outcome.shown ?? client.options;
    this.#become(outcome.identity);
  }

  /** Takes over what the options say now; the connection stays who it is. */
  applyLimits(): void {
    const client = this.#client;
    const { limits } = this.#context;
    const { account, identity } = client.membership ?? {};
    const least = (...values: (number | undefined)[]): number =>
      Math.min(...values.map((value) => (value === undefined || value < 0 ? Infinity : value)));
    client.controlLineBytesMax = limits.controlLineBytesMax;
    client.payloadBytesMax = least(
      limits.payloadBytesMax,
      account?.options.limits?.payloadBytesMax,
      identity?.payloadBytesMax,
    );
    const subscriptionsMax = least(
      limits.subscriptionsMax === 0 ? undefined : limits.subscriptionsMax,
      account?.options.limits?.subscriptionsMax,
      identity?.subscriptionsMax,
    );
    client.subscriptions.setLimits(subscriptionsMax, limits.subscriptionTokensMax);
    // Where claims say so, nats-server does not wait for the next one.
    if (identity?.jwt !== undefined && client.subscriptions.count >= subscriptionsMax) this.#endWithSubscriptions();
  }

  #endWithSubscriptions(): void {
    const client = this.#client;
    client.log('error', ERRORS.subscriptionsExceeded);
    client.sendError(ERRORS.subscriptionsExceeded);
    clearTimeout(this.#endTimer);
    this.#endTimer = setTimeout(() => client.finish(CLOSE_REASONS.subscriptionsExceeded), LAST_WORD_MS);
  }

  /** The same connection under other permissions: subscriptions that are not allowed any more go. */
  #become(identity: Identity): void {
    const client = this.#client;
    const before = client.membership as Membership;
    const membership = new Membership(this.#context.caches, before.account, identity, client.own);
    before.leave();
    client.membership = membership;
    for (const { subject, queue, sid } of client.subscriptions.allow(membership.permissions)) {
      const name = quoteLatin1(subject) + (queue === undefined ? '' : ` using queue ${quoteLatin1(queue)}`);
      const which = `${name} (sid ${quoteLatin1(sid)})`;
      client.sendError(`Permissions Violation for Subscription to ${which}`);
      this.#context.log('info', `Removed sub ${latin1ToText(which)} for ${whoText(client.options)} - not authorized`);
    }
    this.applyLimits();
    client.watch();
    this.#expireAt(identity.expiresAt);
  }

  #expireAt(time: number | undefined): void {
    clearTimeout(this.#expiryTimer);
    if (time === undefined) return;
    const client = this.#client;
    const whenDue = (): void => {
      if (Date.now() < time) return this.#expireAt(time);
      client.debug(ERRORS.userAuthenticationExpired);
      client.sendError(ERRORS.userAuthenticationExpired);
      client.finish(CLOSE_REASONS.authenticationExpired);
    };
    this.#expiryTimer = setTimeout(whenDue, Math.max(0, Math.min(time - Date.now(), TIMER_MS_MAX)));
  }
}
