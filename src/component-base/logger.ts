import { pino, type Logger, type LoggerOptions } from 'pino';

export type { Logger };

export interface LogOptions {
  /** `trace`, `debug`, `info`, `warn`, `error` or `silent`. */
  readonly level?: string;
  /** Where lines of JSON go; standard error when absent. */
  readonly destination?: { write(line: string): void };
}

/** The root logger of a process. Components take `logger.child({ component })`. */
export function createLogger({ level = 'info', destination }: LogOptions = {}): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return destination === undefined
    ? pino(options, pino.destination({ dest: 2, sync: true }))
    : pino(options, destination);
}

/** A logger that says nothing, for tests and for those who bring none. */
export const silentLogger: Logger = pino({ level: 'silent' });
