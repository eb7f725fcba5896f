/**
 * The configuration as a file: Natscope's own in its data folder, or one that somebody opened, used where it stands. It
 * is written only when something is applied, and never over what another program wrote meanwhile.
 */

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BrokerConfig } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import { BridgeError } from '../bridge/frames.ts';
import { defaultConfig, readText } from './default-config.ts';
import type { ConfigText } from './messages.ts';

/** Nobody writes a configuration of this size by hand; what is larger is something else. */
const bytesMax = 4 * 1024 * 1024;

export interface ConfigFileOptions {
  /** Natscope's own file. */
  ownFile: string;
  /** The file that was opened before; null: Natscope's own. */
  file: string | null;
  /** Replaces the content of a file. */
  write: (path: string, text: string) => Promise<void>;
  /** Told when another file was applied, to remember it. */
  onFile: (file: string | null) => void;
}

export interface ConfigFile {
  readonly state: State<BrokerConfig>;
  readonly current: ConfigText;
  /** Takes another file; null: Natscope's own. Rejects when it cannot be read, and nothing changes. */
  open(file: string | null): Promise<void>;
  /** Reads the file again when it was changed by somebody else. */
  refresh(): Promise<void>;
  /** Null: there is none any more. */
  keepDraft(text: string | null): void;
  /** Writes the text. Rejects with `changed-on-disk` when the file is not what it was when it was read last. */
  save(text: string): Promise<void>;
  /** The broker runs with this now. */
  setApplied(config: ConfigText | null): void;
}

/** Resolves with Natscope's own file where another one cannot be read; the problem says so. */
export async function openConfigFile(options: ConfigFileOptions): Promise<ConfigFile> {
  const { ownFile, write, onFile } = options;
  const state = createState<BrokerConfig>(await first());

  async function first(): Promise<BrokerConfig> {
    const own = { file: ownFile, own: true, applied: null, draft: null };
    let problem: string | undefined;
    if (options.file !== null) {
      try {
        return { ...own, file: options.file, own: false, text: await read(options.file) };
      } catch (error) {
        problem = `${(error as Error).message} Natscope's own configuration is used.`;
      }
    }
    try {
      let text = await readText(ownFile);
      if (text === undefined) {
        text = defaultConfig;
        await write(ownFile, text);
      }
      return { ...own, text, ...(problem === undefined ? {} : { problem }) };
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      return { ...own, text: defaultConfig, problem: `${ownFile} cannot be used (${reason}). Check its rights.` };
    }
  }

  async function read(file: string): Promise<string> {
    let size: number;
    let text: string | undefined;
    try {
      const facts = await stat(file);
      if (!facts.isFile()) throw new BridgeError('no-file', `${file} is no file. Choose a configuration file.`);
      ({ size } = facts);
      if (size <= bytesMax) text = await readText(file);
    } catch (error) {
      if (error instanceof BridgeError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
      throw new BridgeError('no-file', `${file} ${reason}. Choose another file.`);
    }
    if (text === undefined) throw new BridgeError('no-file', `${file} is too large for a configuration.`);
    return text;
  }

  function set(change: Partial<BrokerConfig>): void {
    const { problem: _, ...rest } = state.value;
    state.set({ ...rest, ...change });
  }

  return {
    state,
    get current() {
      const { file, text } = state.value;
      return { file, text };
    },
    async open(file) {
      const path = file === null ? ownFile : resolve(file);
      const own = path === ownFile;
      const text = own ? ((await readText(path)) ?? defaultConfig) : await read(path);
      set({ file: path, own, text, draft: null });
    },
    async refresh() {
      const { file, text, draft } = state.value;
      const now = await readText(file).catch(() => undefined);
      // With a draft it is said when that is applied: the text below somebody's hands does not change.
      if (now === undefined || now === text || draft !== null || state.value.file !== file) return;
      set({ text: now });
    },
    keepDraft(draft) {
      const next = draft === state.value.text ? null : draft;
      if (next !== state.value.draft) state.set({ ...state.value, draft: next });
    },
    async save(text) {
      const { file, text: known, own } = state.value;
      const now = await readText(file).catch(() => undefined);
      if (now !== undefined && now !== known && now !== text) {
        throw new BridgeError(
          'changed-on-disk',
          `${file} was changed by another program since it was read. Open it again to go on from there.`,
        );
      }
      try {
        if (now !== text) await write(file, text);
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
        throw new BridgeError('not-saved', `${file} cannot be written (${reason}). Check its rights.`);
      }
      onFile(own ? null : file);
      set({ text, draft: null });
    },
    setApplied(applied) {
      state.set({ ...state.value, applied });
    },
  };
}
