/** What is being composed, what is under way, and what was sent. Outlives the pane: a hidden composer keeps its text. */

import { connections } from '../../state/connections.svelte.ts';
import { ROOT_NODE } from '../../../electron/bridge/contract.ts';
import type { ConnectionId, ConnectionState, HeaderField } from '../../../electron/bridge/contract.ts';
import { bytes as sizeText } from '../../ui/numbers.ts';
import { explorerOf } from '../explorers.svelte.ts';
import { selection } from '../selection.svelte.ts';
import {
  bodyOf,
  composerLimits,
  convertBody,
  headerProblem,
  replyProblem,
  sentHeaders,
  subjectProblem,
  wholeNumber,
  type Body,
  type BodyFormat,
  type ChosenFile,
  type ComposerMode,
} from './compose.ts';

export type Replies = 'one' | 'many' | 'all';

/** All that a person can set, so that an entry of the history can bring it back. */
export interface Draft {
  mode: ComposerMode;
  /** Where the connection is in several; undefined: the first of them. */
  account: string | undefined;
  subject: string;
  headers: readonly HeaderField[];
  reply: string;
  format: BodyFormat;
  text: string;
  file: ChosenFile | null;
  /** Numbers as they were typed. */
  count: string;
  interval: string;
  timeout: string;
  replies: Replies;
  repliesMany: string;
  templates: boolean;
  queue: string;
  answer: 'echo' | 'template';
  delay: string;
}

const first: Draft = {
  mode: 'publish',
  account: undefined,
  subject: 'hello.world',
  headers: [],
  reply: '',
  format: 'json',
  text: '{ "hello": "world" }',
  file: null,
  count: '1',
  interval: '0',
  timeout: '2000',
  replies: 'one',
  repliesMany: '10',
  templates: false,
  queue: '',
  answer: 'echo',
  delay: '0',
};

class ComposerState {
  draft = $state.raw<Draft>(first);
  /** Whether the subject follows what is selected. */
  linked = $state(true);

  /** The subject that the selection offers for this mode; null when it offers none. */
  get offered(): string | null {
    const { subject, branch } = selection.current;
    if (subject === '') return null;
    if (!branch) return subject;
    return this.draft.mode === 'respond' ? `${subject}.>` : null;
  }

  set(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
  }

  /** Typing breaks the link. */
  typeSubject(subject: string): void {
    this.linked = false;
    this.set({ subject });
  }

  link(linked: boolean): void {
    this.linked = linked;
    if (linked) this.followSelection();
  }

  /** For an effect: takes over the subject that is selected. */
  followSelection(): void {
    if (!this.linked) return;
    const { offered } = this;
    const { account, node } = selection.current;
    if (offered !== null && offered !== this.draft.subject) this.set({ subject: offered });
    // The row of an account offers no subject, but the account.
    if (node !== ROOT_NODE && account !== this.draft.account) this.set({ account });
  }

  /** Account that is published into: what was chosen, where this connection has it; undefined where there is none. */
  get account(): string | undefined {
    const { accounts } = explorerOf(this.connectionId);
    return accounts.find(({ name }) => name === this.draft.account)?.name ?? accounts[0]?.name;
  }

  /** For the params of what is sent. */
  get where(): { connection: ConnectionId; account?: string } {
    const { account } = this;
    return { connection: this.connectionId, ...(account === undefined ? {} : { account }) };
  }

  setFormat(format: BodyFormat): void {
    const { text, format: from, file } = this.draft;
    this.set({ format, text: convertBody(text, from, format, file) });
  }

  load(draft: Draft): void {
    this.linked = false;
    this.draft = draft;
  }

  readonly body = $derived.by<Body>(() => {
    const { format, text, file, templates } = this.draft;
    return bodyOf(format, text, file, templates || this.draft.mode === 'respond');
  });

  readonly headers = $derived(sentHeaders(this.draft.headers));

  readonly numbers = $derived.by(() => {
    const { count, interval, timeout, repliesMany, delay, replies } = this.draft;
    return {
      count: wholeNumber(count, 1, composerLimits.countMax),
      intervalMs: wholeNumber(interval, 0, composerLimits.intervalMsMax),
      timeoutMs: wholeNumber(timeout, 1, composerLimits.timeoutMsMax),
      replies: replies === 'one' ? 1 : replies === 'all' ? 0 : wholeNumber(repliesMany, 2, composerLimits.repliesMax),
      delayMs: wholeNumber(delay, 0, composerLimits.delayMsMax),
    };
  });

  readonly subjectProblem = $derived(
    subjectProblem(this.draft.subject, this.draft.mode, this.draft.templates && this.draft.mode !== 'respond'),
  );

  /** What is wrong with what was typed, the first thing first; null when it can be sent. */
  readonly problem = $derived.by<string | null>(() => {
    const { draft, numbers } = this;
    if (this.subjectProblem) return this.subjectProblem;
    const header = draft.headers.map(headerProblem).find((problem) => problem !== null);
    if (header) return `Header: ${header}`;
    if (draft.mode === 'publish') {
      const reply = replyProblem(draft.reply);
      if (reply) return `Reply: ${reply}`;
      if (numbers.count === null) return 'Count: 1 to 1 000 000';
      if (numbers.intervalMs === null) return 'Interval: 0 to 3 600 000 ms';
    }
    if (draft.mode === 'request') {
      if (numbers.timeoutMs === null) return 'Timeout: 1 to 600 000 ms';
      if (numbers.replies === null) return 'Replies: 2 to 100 000';
    }
    if (draft.mode === 'respond') {
      if (numbers.delayMs === null) return 'Delay: 0 to 60 000 ms';
      if (draft.queue !== '' && /\s/.test(draft.queue)) return 'A queue has no spaces';
      if (draft.answer === 'echo') return null;
    }
    if ('problem' in this.body) {
      const { line, column, text } = this.body.problem;
      return line === 0 ? text : `Line ${line}, column ${column}: ${text}`;
    }
    return null;
  });

  readonly connection: ConnectionState | undefined = $derived(connections.byId(selection.current.connection));

  get connectionId(): ConnectionId {
    return selection.current.connection;
  }

  /** Why this connection takes nothing now. */
  readonly blocked = $derived.by<string | null>(() => {
    const { connection } = this;
    if (!connection) return 'No connection';
    if (connection.profile.readOnly) return 'Read-only';
    if (connection.phase === 'connected') return this.#serverRefuses(connection);
    return { closed: 'Closed', connecting: 'Connecting', reconnecting: 'Reconnecting', failed: 'Offline' }[
      connection.phase
    ];
  });

  #serverRefuses(connection: ConnectionState): string | null {
    if (connection.headers === false && this.headers.length > 0) return 'This server carries no headers';
    if (this.draft.mode === 'respond' && this.draft.answer === 'echo') return null;
    const size = 'bytes' in this.body ? this.body.bytes.length : 0;
    const max = connection.maxPayload;
    return max !== undefined && size > max ? `${sizeText(size)}, the server takes ${sizeText(max)}` : null;
  }
}

export const composer = new ComposerState();
