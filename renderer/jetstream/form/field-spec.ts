/** One field of a configuration form. */
export interface FieldSpec {
  /** Names parted by dots. */
  path: string;
  label: string;
  kind:
    'text' | 'words' | 'lines' | 'number' | 'size' | 'duration' | 'durations' | 'switch' | 'choice' | 'pairs' | 'time';
  options?: readonly { value: string; label: string; since?: string }[];
  /** What the server takes when nothing is given. */
  fallback?: string;
  /** Zero is a value and no default. */
  zero?: boolean;
  title?: string;
  /** Cannot be changed later. */
  fixed?: boolean;
  /** First nats-server that knows it: `2.11`. */
  since?: string;
  /** First nats-server that takes more than one word; older ones would not look at them at all. */
  manySince?: string;
  /** Shown only when this holds of the configuration. */
  when?: (config: Readonly<Record<string, unknown>>) => boolean;
}

/** What of a configuration a server of a version would ignore or refuse; null for nothing. */
export function lackIn(
  groups: readonly FieldGroup[],
  version: string | undefined,
  read: (path: string) => unknown,
): { path: string; text: string } | null {
  for (const { fields } of groups) {
    for (const { path, label, manySince } of fields) {
      const value = manySince === undefined ? undefined : read(path);
      if (Array.isArray(value) && value.length > 1 && !knows(version, manySince)) {
        return { path, text: `${label}: more than one needs nats-server ${manySince ?? ''}` };
      }
    }
  }
  return null;
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
