import type { IconComponent } from './icon.ts';

export interface MenuAction {
  label: string;
  icon?: IconComponent | undefined;
  keys?: string | undefined;
  /** Small text at the right when there are no keys. */
  hint?: string | undefined;
  danger?: boolean;
  disabled?: boolean;
  /** Why it is disabled; stands at the right. */
  reason?: string | undefined;
  run: () => void;
}

export type MenuItem = MenuAction | 'separator';
