/** One field of a configuration form. */
export interface FieldSpec {
  /** Names parted by dots. */
  path: string;
  label: string;
  kind:
    'text' | 'words' | 'lines' | 'number' | 'size' | 'duration' | 'durations' | 'switch' | 'choice' | 'pairs' | 'time';
  options?: readonly { value: string; label: string }[];
  /** What the server takes when nothing is given. */
  fallback?: string;
  /** Zero is a value and no default. */
  zero?: boolean;
  title?: string;
  /** Cannot be changed later. */
  fixed?: boolean;
  /** First nats-server that knows it: `2.11`. */
  since?: string;
  /** Shown only when this holds of the configuration. */
  when?: (config: Readonly<Record<string, unknown>>) => boolean;
}

export interface FieldGroup {
  title: string;
  fields: readonly FieldSpec[];
}

/** Whether a server of a version has a field; one that does not say its version is taken at its word. */
export function knows(version: string | undefined, since: string | undefined): boolean {
  if (version === undefined || since === undefined) return true;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = since.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
