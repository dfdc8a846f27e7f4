import { Writable } from 'node:stream';
import { createStream } from 'rotating-file-stream';
import type { Home } from './home.ts';

const MAX_SIZE = '10M';
const KEPT_FILES = 2;

/** The log file of a component: begun anew when it is full, the one before kept. */
export function openComponentLog(home: Home, component: string): Writable {
  return forgiving(() =>
    createStream((_time, index) => (index === undefined ? `${component}.log` : `${component}.log.${index}`), {
      path: home.logs,
      size: MAX_SIZE,
      maxFiles: KEPT_FILES,
      mode: 0o600,
    }),
  );
}

/**
 * What cannot be written, on a full disk say, is lost and the next line tries anew: a log never brings its fleet down,
 * nor keeps a component waiting.
 */
function forgiving(open: () => Writable): Writable {
  let file: Writable | undefined;
  return new Writable({
    write: (chunk, _encoding, done) => {
      if (file === undefined) {
        const opened = open();
        opened.once('error', () => {
          opened.on('error', () => undefined);
          if (file === opened) file = undefined;
        });
        file = opened;
      }
      file.write(chunk, () => {
        done();
      });
    },
  });
}
