import { randomBytes } from 'node:crypto';
import type { Account } from '../account/account.ts';
import type { BusMessage } from '../account/bus.ts';
import type { PermissionsOptions } from '../options/permissions.ts';
import type { ConnectOptions } from '../wire/connect.ts';
import type { ConnectionFacts, TlsFacts } from './authentication.ts';
import { type CurveBox, openCurveBox } from './curve.ts';
import type { AuthenticationDependencies } from './dependencies.ts';
import type { AuthorizationResponseClaims, UserClaims } from './jwt/claims.ts';
import { decodeAuthorizationResponseClaims, decodeUserClaims } from './jwt/decode.ts';
import { encodeJwt } from './jwt/encode.ts';
import { JwtError } from './jwt/jwt-error.ts';
import { validateAuthorizationResponse, validateUser } from './jwt/validation.ts';
import { newPublicKey } from './nkey.ts';
import { userOf } from './shown.ts';

/** Where the program listens that decides who comes in (ADR-26). Others in its account may not publish there. */
export const CALLOUT_SUBJECT = '$SYS.REQ.USER.AUTH';
const AUDIENCE = 'nats-authorization-request';
const CURVE_KEY_HEADER = 'Nats-Server-Xkey';

/** Somebody who is asked about. */
export interface CalloutQuestion {
  /** What was shown, with what the configuration filled in. */
  readonly connect: ConnectOptions;
  /** What he is called, where that is not what was shown. */
  readonly user?: string | undefined;
  readonly facts: ConnectionFacts;
  /** Of the user JWT that was shown. */
  readonly tags?: readonly string[] | undefined;
  readonly nameTag?: string | undefined;
  /** The account that the program is in. */
  readonly account: Account;
  /** Whom the request is about: the issuer of answers, or the key of the account. */
  readonly subject: string;
  /** Public curve key of the program; '': nothing is encrypted. */
  readonly curveKey: string;
  readonly timeoutMs: number;
  /** What is wrong with who signed an answer that came in clear; undefined when nothing is. */
  readonly signerFault: (response: AuthorizationResponseClaims) => string | undefined;
}

/** The user that somebody is, said by the program; or why he is nobody, in nats-server's words. */
export type CalloutAnswer =
  { readonly user: UserClaims } | { readonly failure: string; readonly level: 'warn' | 'debug' };

/** What this needs of its broker. */
export type CalloutDependencies = Pick<AuthenticationDependencies, 'bus' | 'clock' | 'server'>;

/** Asks the program. What it answers was checked as far as it is the same with and without operators. */
export class Callout {
  readonly #dependencies: CalloutDependencies;
  #box: Promise<CurveBox> | undefined;

  constructor(dependencies: CalloutDependencies) {
    this.#dependencies = dependencies;
  }

  /** Never rejects. Whoever does not answer in time has not let anybody in. */
  async ask(question: CalloutQuestion): Promise<CalloutAnswer> {
    const { account, curveKey } = question;
    const box = curveKey === '' ? undefined : await this.#openBox();
    // The answer has to be about this key, so that none can be used again.
    const userKey = newPublicKey('user');
    const token = this.#request(question, userKey, box !== undefined);
    const answer = await this.#exchange(question, box === undefined ? token : box.seal(Buffer.from(token), curveKey));
    if (answer === undefined) {
      const failure = `Authorization callout response not received in time on account ${JSON.stringify(account.name)}`;
      return { failure, level: 'debug' };
    }
    try {
      return { user: this.#read(question, userKey, Buffer.from(answer.payload), box) };
    } catch (error) {
      if (!(error instanceof CalloutFault) && !(error instanceof JwtError)) throw error;
      return { failure: capitalized(error.message), level: 'warn' };
    }
  }

  #openBox(): Promise<CurveBox> {
    this.#box ??= openCurveBox(this.#dependencies.server.curveKeys.seed);
    return this.#box;
  }

  /** The first answer; undefined when none came in time. */
  #exchange(
    { account, timeoutMs, curveKey }: CalloutQuestion,
    payload: string | Uint8Array,
  ): Promise<BusMessage | undefined> {
    const { bus, clock, server } = this.#dependencies;
    return new Promise((resolve) => {
      // Where nats-server wants answers too: whoever may publish nothing else may be allowed `$SYS._INBOX.>`.
      const reply = `$SYS._INBOX.${randomBytes(6).toString('base64url')}.${randomBytes(6).toString('base64url')}`;
      const settle = (message: BusMessage | undefined): void => {
        cancel();
        unsubscribe();
        resolve(message);
      };
      const unsubscribe = bus.subscribe(account, reply, settle);
      const cancel = clock.after(timeoutMs, () => settle(undefined));
      const headers = curveKey === '' ? {} : { headers: [[CURVE_KEY_HEADER, server.curveKeys.publicKey]] as const };
      bus.publish(account, CALLOUT_SUBJECT, payload, { reply, ...headers });
    });
  }

  #request(question: CalloutQuestion, userKey: string, encrypted: boolean): string {
    const { server, clock } = this.#dependencies;
    const { connect, facts } = question;
    return encodeJwt(
      {
        sub: question.subject,
        aud: AUDIENCE,
        exp: Math.floor((clock.now() + question.timeoutMs) / 1000),
        nats: {
          server_id: present({
            name: server.name,
            host: server.host(),
            id: server.id,
            version: server.version,
            tags: server.tags,
            xkey: encrypted ? server.curveKeys.publicKey : '',
          }),
          user_nkey: userKey,
          client_info: present({
            host: facts.ip,
            id: facts.clientId,
            user: question.user ?? userOf(connect),
            name: connect.name,
            tags: question.tags,
            name_tag: question.nameTag,
            kind: 'Client',
            type: facts.type === 'WEBSOCKET' ? 'websocket' : 'nats',
            nonce: connect.sig === '' ? '' : facts.nonce,
          }),
          connect_opts: {
            ...present({
              jwt: connect.jwt,
              nkey: connect.nkey,
              sig: connect.sig,
              auth_token: connect.auth_token,
              user: connect.user,
              pass: connect.pass,
              name: connect.name,
              lang: connect.lang,
              version: connect.version,
            }),
            protocol: connect.protocol,
          },
          ...(facts.tls === undefined ? {} : { client_tls: tlsClaims(facts.tls) }),
          type: 'authorization_request',
        },
      },
      server.keys,
    );
  }

  /** Throws a `CalloutFault` or a `JwtError`. */
  #read(question: CalloutQuestion, userKey: string, payload: Buffer, box: CurveBox | undefined): UserClaims {
    const { server, clock } = this.#dependencies;
    const account = JSON.stringify(question.account.name);
    const now = Math.floor(clock.now() / 1000);
    if (payload.length === 0) {
      throw new CalloutFault(`auth callout violation: "no reason supplied" on account ${account}`);
    }
    // Who was asked in a box may answer in clear.
    const boxed = box !== undefined && payload.toString('latin1', 0, 3) !== 'eyJ';
    const token = boxed ? box.open(payload, question.curveKey) : payload;
    if (token === undefined) {
      throw new CalloutFault(
        `error decrypting auth callout response on account ${account}: nkeys: could not decrypt input`,
      );
    }
    const response = decodeAuthorizationResponseClaims(Buffer.from(token).toString());
    const [issue] = validateAuthorizationResponse(response, now);
    if (issue !== undefined) {
      throw new CalloutFault(`authorization response had validation errors: ${issue.description}`);
    }
    if (response.sub !== userKey) {
      throw new CalloutFault('auth callout violation: auth callout response is not for expected user');
    }
    if (response.aud !== server.id) {
      throw new CalloutFault('auth callout violation: auth callout response is not for server');
    }
    const signerFault = boxed ? undefined : question.signerFault(response);
    if (signerFault !== undefined) throw new CalloutFault(signerFault);
    if (response.nats.error !== '') {
      throw new CalloutFault(`auth callout service returned an error: ${response.nats.error}`);
    }
    const user = decodeUserClaims(response.nats.jwt);
    const [userIssue] = validateUser(user, now);
    if (userIssue !== undefined) throw new CalloutFault(`error validating user JWT: ${userIssue.description}`);
    if (user.sub !== userKey) {
      const keys = `${JSON.stringify(userKey)} but got ${JSON.stringify(user.sub)}`;
      throw new CalloutFault(`expected authorized user of ${keys} on account ${account}`);
    }
    return user;
  }
}

/** An answer that lets nobody in. */
class CalloutFault extends Error {
  override readonly name = 'CalloutFault';
}

/** Without fields that say nothing, as Go leaves them out. */
function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const says = (value: unknown): boolean => value !== undefined && value !== '' && !isEmptyList(value);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value)));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Chains that were verified, or else what the client showed, as PEM. */
function tlsClaims({ version, cipherSuite, verified, certificates }: TlsFacts): Record<string, unknown> {
  const chain = certificates.map(pem);
  return present({
    version,
    cipher: cipherSuite,
    certs: verified ? [] : chain,
    verified_chains: verified && chain.length > 0 ? [chain] : [],
  });
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Permissions with one more subject that may not be published to. */
export function withDenied(permissions: PermissionsOptions | undefined, subject: string): PermissionsOptions {
  const publish = permissions?.publish;
  return { ...permissions, publish: { ...publish, deny: [...(publish?.deny ?? []), subject] } };
}

/** With a capital, as failures stand in the log. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
