import type { BrokerState, ConfigReport } from '../../electron/bridge/contract.ts';

/** What applying does, which the button says beforehand. */
export type ApplyKind = 'reload' | 'restart' | 'start' | 'save';

export function applyKind(phase: BrokerState['phase'] | undefined, plan: ConfigReport['plan']): ApplyKind {
  if (phase === 'failed') return 'start';
  if (phase !== 'running') return 'save';
  if (plan === null) return 'reload';
  if (plan.restart.length > 0) return 'restart';
  return plan.reload.length > 0 ? 'reload' : 'save';
}
