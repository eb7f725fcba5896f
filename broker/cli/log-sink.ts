import type { ProgramOptions } from '../config/config.ts';
import { LineFormat, type LogSink } from './log.ts';
import { LogFile } from './log-file.ts';
import { StandardError } from './standard-error.ts';
import { systemErrorText } from './system-error.ts';

/**
 * Opens what the options ask for; a file counts before syslog elsewhere, that before the machine's own, and standard error
 * comes last. Rejects with nats-server's words for what is wrong.
 */
export async function openLogSink(options: ProgramOptions, program: string): Promise<LogSink> {
  const { logFile, remoteSyslog, syslog } = options;
  const format = (coloured: boolean): LineFormat =>
    new LineFormat({ time: options.logTime ?? true, utc: options.logUtc ?? false, coloured });
  if (logFile) {
    try {
      return new LogFile(logFile, format(false), {
        bytesMax: Math.max(0, options.logFileBytesMax ?? 0),
        filesMax: Math.max(0, options.logFilesMax ?? 0),
      });
    } catch (error) {
      throw new Error(`error opening file: open ${logFile}: ${systemErrorText(error)}`, { cause: error });
    }
  }
  if (remoteSyslog) return (await import('./syslog.ts')).openRemoteSyslog(remoteSyslog, program);
  if (syslog === true) return (await import('./syslog.ts')).openLocalSyslog(program);
  return new StandardError(format(process.stderr.isTTY));
}
