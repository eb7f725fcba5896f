/** What a diagnosis is called and how it reads as text. */

import type { Diagnosis, Step, WireLine } from '../../electron/bridge/contract.ts';

export const stepNames: Record<Step, string> = {
  dns: 'DNS',
  tcp: 'TCP',
  info: 'INFO',
  tls: 'TLS',
  connect: 'CONNECT',
  permissions: 'Permissions',
};

export const wireSigns: Record<WireLine['direction'], string> = { in: '<', out: '>', error: '×' };

/** For a mail or an issue: the steps, what failed, the lines of the wire. Secrets were masked before they got here. */
export function reportOf(diagnosis: Diagnosis): string {
  const lines = [diagnosis.server];
  for (const step of diagnosis.steps) {
    const time = step.milliseconds === undefined ? '' : ` (${step.milliseconds.toFixed(1)} ms)`;
    lines.push(`${stepNames[step.step].padEnd(12)} ${step.state.padEnd(8)} ${step.text ?? ''}${time}`.trimEnd());
    for (const fact of step.facts ?? []) lines.push(`${' '.repeat(13)}${fact.label}: ${fact.value}`);
  }
  if (diagnosis.failed)
    lines.push(`Failed at ${stepNames[diagnosis.failed.step]}: ${diagnosis.failed.text} [${diagnosis.failed.code}]`);
  for (const remedy of diagnosis.remedies) lines.push(`Try: ${remedy.label}${remedy.value ? ` ${remedy.value}` : ''}`);
  if (diagnosis.wire.length > 0)
    lines.push('', ...diagnosis.wire.map((line) => `${wireSigns[line.direction]} ${line.text}`));
  return lines.join('\n');
}
