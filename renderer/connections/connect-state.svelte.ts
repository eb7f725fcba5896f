/** The page that makes and mends connections: which one, what stands in the form, what the last attempt found. */

import { bridge, BridgeError } from '../bridge.ts';
import { LOCAL_CONNECTION } from '../../electron/bridge/contract.ts';
import type {
  CliContext,
  ConnectionId,
  ConnectionState,
  Diagnosis,
  Profile,
  Remedy,
} from '../../electron/bridge/contract.ts';
import { connections } from '../state/connections.svelte.ts';
import { navigation } from '../state/navigation.svelte.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { colours, emptyForm, faultsOf, formOf, profileOf, withPatch, type ProfileForm } from './profile-form.ts';

/** What the page shows: a profile, a new one, or a context of the `nats` tool. */
export type Chosen = { kind: 'profile'; id: ConnectionId } | { kind: 'new' } | { kind: 'context'; name: string };

export class ConnectState {
  chosen = $state.raw<Chosen>({ kind: 'new' });
  form = $state.raw<ProfileForm>(emptyForm('blue'));
  faults = $state.raw<Record<string, string>>({});
  /** What is wrong and belongs to no field. */
  problem = $state<string | null>(null);
  contexts = $state.raw<readonly CliContext[]>([]);
  diagnosis = $state.raw<Diagnosis | null>(null);
  busy = $state<'save' | 'connect' | 'check' | null>(null);
  /** The form as it was loaded or saved last. */
  #clean = $state.raw<ProfileForm>(emptyForm('blue'));
  /** Connecting was asked for here: once it stands, the window goes on to its traffic. */
  #awaited = $state<ConnectionId | null>(null);
  /** The last attempt was a trial with a profile that is not saved. */
  #checked = false;

  readonly dirty = $derived(JSON.stringify(this.form) !== JSON.stringify(this.#clean));

  readonly connection: ConnectionState | undefined = $derived(
    this.chosen.kind === 'profile' ? connections.byId(this.chosen.id) : undefined,
  );

  readonly context: CliContext | undefined = $derived.by(() => {
    const { chosen } = this;
    return chosen.kind === 'context' ? this.contexts.find((context) => context.name === chosen.name) : undefined;
  });

  get local(): boolean {
    return this.chosen.kind === 'profile' && this.chosen.id === LOCAL_CONNECTION;
  }

  /** Contexts that no profile was made of yet. */
  readonly newContexts = $derived(this.contexts.filter((context) => context.imported === undefined));

  change(change: Partial<ProfileForm>): void {
    this.form = { ...this.form, ...change };
    const faults = { ...this.faults };
    for (const field of Object.keys(change)) {
      delete faults[field];
      for (const name of Object.keys(faults)) if (name.startsWith(`${field}.`)) delete faults[name];
    }
    this.faults = faults;
    this.problem = null;
  }

  startNew(url?: string): void {
    const used = new Set(connections.list.map((connection) => connection.profile.colour));
    const colour = colours.find((candidate) => candidate !== 'grey' && !used.has(candidate)) ?? 'grey';
    const form = emptyForm(colour);
    this.#begin({ kind: 'new' }, url === undefined ? form : { ...form, servers: [url] });
    this.#clean = form;
  }

  edit(id: ConnectionId): void {
    const connection = connections.byId(id);
    if (!connection) return;
    // Tab and status bar tell of what is looked at, once there is something to tell.
    if (connection.phase !== 'closed') connections.select(id);
    this.#begin({ kind: 'profile', id }, formOf(connection.profile));
  }

  showContext(name: string): void {
    this.#begin({ kind: 'context', name }, this.form);
  }

  duplicate(): void {
    const copy = { ...this.form, name: `${this.form.name} copy` };
    this.#begin({ kind: 'new' }, copy);
    this.#clean = emptyForm(copy.colour);
  }

  /** Back to what is saved; a new one is given up. */
  cancel(): void {
    if (this.chosen.kind === 'profile' && this.dirty) this.edit(this.chosen.id);
    else navigation.go('explorer');
  }

  async save(): Promise<Profile | null> {
    this.busy = 'save';
    try {
      const id = this.chosen.kind === 'profile' ? this.chosen.id : '';
      const profile = await bridge.request('connections.save', { profile: profileOf(this.form, id) });
      // What is being looked at stays: the diagnosis of a profile is not that of another one.
      const same = id === profile.id;
      this.chosen = { kind: 'profile', id: profile.id };
      this.form = formOf(profile);
      this.#clean = this.form;
      this.faults = {};
      this.problem = null;
      if (!same) this.diagnosis = null;
      return profile;
    } catch (error) {
      this.#explain(error);
      return null;
    } finally {
      this.busy = null;
    }
  }

  /** Saves and opens. */
  async connect(): Promise<void> {
    this.#checked = false;
    const profile = await this.save();
    if (!profile) return;
    this.#awaited = profile.id;
    this.busy = 'connect';
    try {
      await bridge.request('connections.open', { connection: profile.id });
    } catch (error) {
      this.#awaited = null;
      this.#explain(error);
    } finally {
      this.busy = null;
    }
  }

  /** Walks the steps with what stands in the form, saved or not. */
  async check(): Promise<void> {
    this.busy = 'check';
    this.#checked = true;
    this.faults = {};
    this.problem = null;
    const { chosen } = this;
    try {
      const id = chosen.kind === 'profile' ? chosen.id : '';
      const diagnosis = await bridge.request('connections.diagnose', { profile: profileOf(this.form, id) });
      if (this.chosen === chosen) this.diagnosis = diagnosis;
    } catch (error) {
      if (this.chosen === chosen) this.#explain(error);
    } finally {
      this.busy = null;
    }
  }

  /** Does what a remedy says and tries again. */
  async apply(remedy: Remedy): Promise<void> {
    if (!remedy.patch) return;
    const before = this.form.method;
    this.form = withPatch(this.form, remedy.patch);
    // Another way to authenticate has fields that only the person can fill in.
    if (this.form.method !== before && this.form.method !== 'none') return;
    await (this.#checked ? this.check() : this.connect());
  }

  async remove(): Promise<void> {
    if (this.chosen.kind !== 'profile') return;
    const { id } = this.chosen;
    await connections.remove(id);
    await this.loadContexts();
    this.edit(LOCAL_CONNECTION);
  }

  async loadContexts(): Promise<void> {
    try {
      this.contexts = await bridge.request('contexts.list', {});
    } catch (error) {
      toasts.error('The contexts of the nats tool were not read', error);
    }
  }

  async importContexts(names: readonly string[]): Promise<void> {
    try {
      const { imported, problems } = await bridge.request('contexts.import', { names: [...names] });
      for (const problem of problems) toasts.error(problem);
      if (imported.length > 0) {
        toasts.show({
          tone: 'ok',
          text: `Imported ${imported.length}`,
          detail: imported.map((one) => one.name).join(', '),
        });
      }
      await this.loadContexts();
      const [first] = imported;
      if (first) this.#begin({ kind: 'profile', id: first.id }, formOf(first));
    } catch (error) {
      toasts.error('Nothing was imported', error);
    }
  }

  async chooseFile(title: string): Promise<string | null> {
    try {
      return (await bridge.request('dialog.file', { title }))?.path ?? null;
    } catch (error) {
      toasts.error(title, error);
      return null;
    }
  }

  /** Follows the attempts of the chosen connection until the function returned is called. For an effect. */
  followDiagnosis(): (() => void) | undefined {
    const { chosen } = this;
    if (chosen.kind !== 'profile') return undefined;
    return bridge.watch(
      'diagnosis.watch',
      { connection: chosen.id },
      (diagnosis) => {
        // A trial of the form is newer than what the saved profile met.
        if (!this.#checked || this.busy !== 'check') this.diagnosis = diagnosis;
      },
      () => undefined,
    );
  }

  /** For an effect: shows the connection that was asked for here, and goes on to its traffic once it stands. */
  goOn(): void {
    const id = this.#awaited;
    const connection = id === null ? undefined : connections.byId(id);
    // One that was just saved may not be among the others yet.
    if (!connection) return;
    connections.select(connection.id);
    if (connection.phase !== 'connected') return;
    this.#awaited = null;
    navigation.go('explorer');
  }

  #begin(chosen: Chosen, form: ProfileForm): void {
    this.chosen = chosen;
    this.form = form;
    this.#clean = form;
    this.faults = {};
    this.problem = null;
    this.diagnosis = null;
    this.#awaited = null;
    this.#checked = false;
  }

  #explain(error: unknown): void {
    const details = error instanceof BridgeError ? error.details : undefined;
    if (error instanceof BridgeError && error.code === 'invalid-profile' && details) {
      this.faults = faultsOf(details, this.form);
      const known = Object.keys(this.faults);
      this.problem = known.length > 0 ? null : error.message;
    } else this.problem = error instanceof Error ? error.message : String(error);
  }
}
