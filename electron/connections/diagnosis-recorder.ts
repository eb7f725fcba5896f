/** The diagnosis as it grows: steps with their times, facts and wire lines. */

import type { Diagnosis, Step, StepState, WireLine } from '../bridge/contract.ts';
import type { DialObserver } from './dial-observer.ts';
import type { ConnectFailure, Fact } from './failure-catalogue.ts';
import { wireLineCharactersMax, wireLinesMax } from './limits.ts';
import { parseServer, serverForDisplay } from './server-url.ts';

export interface Recorder extends DialObserver {
  readonly diagnosis: Diagnosis;
  /** What is known of a step before it is made, or found out after. */
  note(step: Step, text: string): void;
  failed(failure: ConnectFailure, facts?: Fact[]): void;
  /** Text of the step that failed is refined by what was found out afterwards. */
  snapshot(): Diagnosis;
}

/** TLS comes before INFO on WebSockets, and where the profile says so. */
export function stepsFor(server: string, tlsFirst: boolean): Step[] {
  let webSocket = false;
  try {
    webSocket = parseServer(server).scheme.startsWith('ws');
  } catch {
    // An address that cannot be read fails in the first step, whatever the order of the rest.
  }
  return webSocket || tlsFirst
    ? ['dns', 'tcp', 'tls', 'info', 'connect', 'permissions']
    : ['dns', 'tcp', 'info', 'tls', 'connect', 'permissions'];
}

export function emptyDiagnosis(server: string, tlsFirst = false): Diagnosis {
  return {
    server: serverForDisplay(server),
    steps: stepsFor(server, tlsFirst).map((step) => ({ step, state: 'todo' })),
    remedies: [],
    wire: [],
  };
}

export function createRecorder(server: string, tlsFirst: boolean, changed: (diagnosis: Diagnosis) => void): Recorder {
  const diagnosis = emptyDiagnosis(server, tlsFirst);
  let startedAt = performance.now();

  const snapshot = (): Diagnosis => ({
    ...diagnosis,
    steps: diagnosis.steps.map((step) => ({ ...step })),
    wire: [...diagnosis.wire],
  });
  const tell = (): void => changed(snapshot());

  function set(step: Step, fields: Partial<StepState>): void {
    const found = diagnosis.steps.find((candidate) => candidate.step === step);
    if (found !== undefined) Object.assign(found, fields);
    tell();
  }

  function elapsed(): number {
    return Math.round((performance.now() - startedAt) * 10) / 10;
  }

  return {
    diagnosis,
    snapshot,
    note: (step, text) => set(step, { text }),
    began(step) {
      startedAt = performance.now();
      set(step, { state: 'doing' });
    },
    passed(step, text, facts = []) {
      set(step, { state: 'ok', text, milliseconds: elapsed(), ...(facts.length > 0 ? { facts } : {}) });
    },
    skipped: (step, text) => set(step, { state: 'skipped', text }),
    wire(direction, text) {
      addLine(diagnosis.wire, { direction, text });
      tell();
    },
    failed(failure, facts = failure.facts) {
      const milliseconds = elapsed();
      // A refusal may come late: what was begun after the step that failed was never really reached.
      for (const step of diagnosis.steps) if (step.state === 'doing') step.state = 'todo';
      addError(diagnosis.wire, failure.detail || failure.message);
      diagnosis.failed = { step: failure.step, code: failure.code, text: failure.message };
      set(failure.step, {
        state: 'failed',
        text: failure.message,
        milliseconds,
        ...(facts.length > 0 ? { facts } : {}),
      });
    },
  };
}

/** What the server said itself is among the lines already: that line is the error, and is not shown again. */
function addError(lines: WireLine[], text: string): void {
  const at = lines.findLastIndex((line) => line.direction === 'in' && line.text === shownText(text));
  if (at === -1) addLine(lines, { direction: 'error', text });
  else lines[at] = { direction: 'error', text: shownText(text) };
}

function addLine(lines: WireLine[], { direction, text }: WireLine): void {
  if (lines.length < wireLinesMax) lines.push({ direction, text: shownText(text) });
}

function shownText(text: string): string {
  return text.length > wireLineCharactersMax ? `${text.slice(0, wireLineCharactersMax)}…` : text;
}
