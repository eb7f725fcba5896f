import { PortsFile, type OpenPorts } from './files.ts';
import type { Write } from './start-lines.ts';
import { systemErrorText } from './system-error.ts';

/** The ports file of a running server: written once the ports are known, taken away at the end. Errors go to the log. */
export class PublishedPorts {
  readonly #program: string;
  readonly #write: Write;
  #file: PortsFile | undefined;

  constructor(program: string, write: Write) {
    this.#program = program;
    this.#write = write;
  }

  /** Writes the file to a folder; none when there is no folder. */
  publish(folder: string | undefined, ports: OpenPorts): void {
    if (folder === undefined) return;
    this.#file = new PortsFile(folder, this.#program);
    const { path } = this.#file;
    try {
      this.#file.write(ports);
    } catch (error) {
      this.#write('error', `Error writing ports file (${path}): open ${path}: ${systemErrorText(error)}`);
    }
  }

  withdraw(): void {
    const path = this.#file?.path;
    try {
      this.#file?.remove();
    } catch (error) {
      this.#write('error', `Error cleaning up ports file ${path}: remove ${path}: ${systemErrorText(error)}`);
    }
    this.#file = undefined;
  }
}
