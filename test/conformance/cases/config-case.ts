/** A configuration and what the server says of it, on both servers the same. The file is called `server.conf`. */
export interface ConfigCase {
  text: string;
  /** Files beside it, by name. */
  files?: Record<string, string>;
  environment?: Record<string, string>;
  /** Lines behind the program's name; their order is another one with every run of the real server. */
  says: readonly string[];
  /** What the real one says at other times, since it takes the fields of a block in any order. */
  or?: readonly string[];
}

/** A line feed is added at the end of the text. */
export function refused(text: string, ...says: string[]): ConfigCase {
  return { text: `${text}\n`, says };
}

/** A configuration, another one in its place, and what the log says of the reload. */
export interface ReloadCase {
  before: string;
  after: string;
  /** `refused: ` and the reason, or a line for each change. */
  says: readonly string[];
}

/** `*` stands for the two lines that come with every reload. */
export function reloaded(before: string, after: string, ...says: string[]): ReloadCase {
  const lines = says.flatMap((line) =>
    line === '*' ? ['Reloaded: authorization users', 'Reloaded: accounts'] : [line],
  );
  return { before: `${before}\n`, after: `${after}\n`, says: lines };
}

export function reloadRefused(before: string, after: string, reason: string): ReloadCase {
  return { before: `${before}\n`, after: `${after}\n`, says: [`refused: ${reason}`] };
}
