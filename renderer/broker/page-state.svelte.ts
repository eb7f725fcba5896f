/** Which part of the broker's page is shown. It outlives the page. */

import type { SectionId } from './sections.ts';

export type BrokerPart = 'config' | 'people' | 'log' | 'tools';

let part = $state<BrokerPart>('config');
let section = $state<SectionId>('listen');
/** Grows when somebody asked for a section, so that the form goes there; scrolling past one does not count. */
let wanted = $state.raw<{ section: SectionId } | null>(null);
let opening = $state(false);

export const page = {
  get part(): BrokerPart {
    return part;
  },
  show(next: BrokerPart): void {
    part = next;
  },
  get section(): SectionId {
    return section;
  },
  get wanted(): { section: SectionId } | null {
    return wanted;
  },
  /** The form is to go there. */
  go(next: SectionId): void {
    part = 'config';
    section = next;
    wanted = { section: next };
  },
  /** The form was scrolled there. */
  passed(next: SectionId): void {
    section = next;
  },
  /** The dialog that opens a file. */
  get opening(): boolean {
    return opening;
  },
  set opening(open: boolean) {
    opening = open;
  },
};
