import type { Step } from '../bridge/contract.ts';
import type { Fact } from './failure-catalogue.ts';

/** Told of each step as it is made. The connector needs none of this, the diagnosis all of it. */
export interface DialObserver {
  began(step: Step): void;
  passed(step: Step, text: string, facts?: Fact[]): void;
  skipped(step: Step, text: string): void;
  wire(direction: 'in' | 'out', text: string): void;
}
