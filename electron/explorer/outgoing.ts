/** A message that a person composed: subject, headers and payload, with or without placeholders. */

import type { HeaderField } from '../bridge/contract.ts';
import type { Link } from '../link.ts';
import { ExplorerError } from './errors.ts';
import { subjectProblem } from './subject-bytes.ts';
import { compileBytes, compileText } from './template.ts';
import type { TemplateValues } from './template.ts';

export interface Composed {
  subject: string;
  reply?: string | undefined;
  headers: readonly HeaderField[];
  payload: Uint8Array;
  templates: boolean;
}

export interface Outgoing {
  /** Publishes it once and returns the bytes of its payload. @param account its number; 0: the first of the link */
  send(link: Link, values: TemplateValues, reply: string | undefined, account: number): number;
}

/** Reads the placeholders and checks what does not depend on them, so that what is wrong is said before anything is sent. */
export function prepare(composed: Composed): Outgoing {
  const { subject, reply, headers, payload, templates } = composed;
  if (reply !== undefined) checkSubject(reply);
  if (!templates) {
    checkSubject(subject);
    return {
      send(link, _values, replyTo, account) {
        link.publish(subject, payload, { ...(replyTo === undefined ? {} : { reply: replyTo }), headers, account });
        return payload.length;
      },
    };
  }
  const subjectTemplate = compileText(subject, false);
  const headerTemplates = headers.map(({ name, value }) => ({ name, value: compileText(value, false) }));
  const payloadTemplate = compileBytes(payload, false);
  if (subjectTemplate.constant) checkSubject(subject);
  return {
    send(link, values, replyTo, account) {
      const target = subjectTemplate.render(values);
      if (!subjectTemplate.constant) checkSubject(target);
      const body = payloadTemplate.render(values);
      link.publish(target, body, {
        ...(replyTo === undefined ? {} : { reply: replyTo }),
        headers: headerTemplates.map(({ name, value }) => ({ name, value: value.render(values) })),
        account,
      });
      return body.length;
    },
  };
}

function checkSubject(subject: string): void {
  const problem = subjectProblem(subject, false);
  if (problem !== null) throw new ExplorerError('invalid-subject', problem);
}
