/** How much a log line matters. */
export type LogLevel = 'info' | 'warn' | 'error' | 'fatal' | 'debug' | 'trace';
