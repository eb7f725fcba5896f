import type { MessagePlace } from '../store/message-log.ts';
import type { Parser } from '../wire/parser.ts';
import type { Account } from './account.ts';
import type { ServiceImport } from './imports.ts';
import type { PendingResponse, ResponseEnd } from './responses.ts';
import type { Sink } from './sink.ts';

/** Takes messages that a connection is not the end of. */
export interface Relay {
  /**
   * Hands on the message that the parser stands at. `there` is its subject in the other account where that is known, else
   * ''. Returns whether anybody got it.
   */
  relay(message: Parser, source: Sink, there: string): boolean;
  /** What `there` is for messages on that subject; '' when it depends on more. */
  subjectThere(subject: string): string;
  /** The same for what the broker itself sends that is too big for the arena. */
  relayOutside(message: OutsideMessage): boolean;
  /**
   * The same for a message of a stream that came to `subject` and keeps its own one, which it is to be shown under. Where
   * this is missing it is handed on like others.
   */
  relayStored?(message: MessagePlace, subject: string, reply: ReplyBytes): boolean;
}

/** Bytes of an ack subject. */
export interface ReplyBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A message that does not lie in the arena. `headers` is the block, empty when there is none. */
export interface OutsideMessage {
  readonly subject: string;
  readonly reply: string;
  readonly headers: Uint8Array;
  readonly payload: Uint8Array;
}

/** Carries requests and answers from one account to another. Made by the delivery, which is above the accounts. */
export interface Services {
  /** A request on a service import. Returns whether anybody got it. */
  request(crossing: ServiceCrossing, message: Parser, source: Sink, there: string): boolean;
  /** An answer in an exporting account. Returns whether anybody got it. */
  respond(exporter: Account, message: Parser, source: Sink): boolean;
  /** The same for an answer that is too big for the arena. */
  respondOutside(exporter: Account, message: OutsideMessage): boolean;
  /** The same for a message of a stream, which keeps its own subject on its way. */
  respondStored(exporter: Account, message: MessagePlace, subject: string, reply: ReplyBytes): boolean;
  /** Nobody waits for it any more; it is out of every table. */
  ended(response: PendingResponse, end: ResponseEnd): void;
}

/** The way from account to account, which accounts have before anybody goes it. */
export class Passage {
  services: Services | undefined;
}

/** One service import in use: from the account that asks to the one that answers. */
export class ServiceCrossing implements Relay {
  readonly importer: Account;
  readonly exporter: Account;
  readonly service: ServiceImport;
  readonly #passage: Passage;

  constructor(importer: Account, exporter: Account, service: ServiceImport, passage: Passage) {
    this.importer = importer;
    this.exporter = exporter;
    this.service = service;
    this.#passage = passage;
  }

  relay(message: Parser, source: Sink, there: string): boolean {
    return this.#passage.services?.request(this, message, source, there) ?? false;
  }

  subjectThere(subject: string): string {
    return this.service.subjectThere(subject);
  }

  /** The broker asks for nothing that is as big as that. */
  relayOutside(): boolean {
    return false;
  }
}

/** The answers that come in an exporting account. */
export class AnswerCrossing implements Relay {
  readonly #exporter: Account;
  readonly #passage: Passage;

  constructor(exporter: Account, passage: Passage) {
    this.#exporter = exporter;
    this.#passage = passage;
  }

  relay(message: Parser, source: Sink): boolean {
    return this.#passage.services?.respond(this.#exporter, message, source) ?? false;
  }

  /** Each answer goes somewhere else. */
  subjectThere(): string {
    return '';
  }

  relayOutside(message: OutsideMessage): boolean {
    return this.#passage.services?.respondOutside(this.#exporter, message) ?? false;
  }

  relayStored(message: MessagePlace, subject: string, reply: ReplyBytes): boolean {
    return this.#passage.services?.respondStored(this.#exporter, message, subject, reply) ?? false;
  }
}
