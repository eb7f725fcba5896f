/** One thing that is not right with claims. Those of time pass by themselves. */
export interface ValidationIssue {
  readonly description: string;
  readonly kind: 'error' | 'time' | 'warning';
}

export class Issues {
  readonly list: ValidationIssue[] = [];

  error(description: string): void {
    this.list.push({ description, kind: 'error' });
  }

  time(description: string): void {
    this.list.push({ description, kind: 'time' });
  }

  warning(description: string): void {
    this.list.push({ description, kind: 'warning' });
  }
}

/** Whether claims with these issues do not count; `includingTimes`: not now. */
export function isBlocking(issues: readonly ValidationIssue[], includingTimes: boolean): boolean {
  return issues.some(({ kind }) => kind === 'error' || (includingTimes && kind === 'time'));
}
