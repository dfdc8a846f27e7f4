import type { Writable } from 'node:stream';
import { createStream } from 'rotating-file-stream';
import type { Home } from './home.ts';

const MAX_SIZE = '10M';
const KEPT_FILES = 2;

/** The log file of a component: begun anew when it is full, the one before kept. */
export function openComponentLog(home: Home, component: string): Writable {
  return createStream((_time, index) => (index === undefined ? `${component}.log` : `${component}.log.${index}`), {
    path: home.logs,
    size: MAX_SIZE,
    maxFiles: KEPT_FILES,
    mode: 0o600,
  });
}
