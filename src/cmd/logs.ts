import { createReadStream, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homeOfUser } from './environment.ts';

/** Prints the log of a component, and with `follow` what comes, until interrupted. */
export async function logs(component: string, { follow = false }: { readonly follow?: boolean }): Promise<void> {
  const home = homeOfUser();
  const file = home.log(component);
  const known = await componentsWithLogs(home.logs);
  if (!known.includes(component)) {
    throw new Error(`there is no log of "${component}"; there are ${known.length === 0 ? 'none' : known.join(', ')}`);
  }
  const unread = new AbortController();
  process.stdout.once('error', () => {
    unread.abort();
  });
  let position = await print(file, 0);
  if (!follow) return;
  for await (const _change of changes(file, unread.signal)) {
    const { size } = await stat(file);
    // It was full and has been begun anew.
    if (size < position) position = 0;
    position = await print(file, position);
  }
}

async function componentsWithLogs(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory))
      .filter((name) => name.endsWith('.log'))
      .map((name) => name.slice(0, -'.log'.length));
  } catch {
    return [];
  }
}

/** Copies the file from `position` on to standard output; resolves to where it ended. */
async function print(file: string, position: number): Promise<number> {
  let end = position;
  for await (const chunk of createReadStream(file, { start: position }) as AsyncIterable<Buffer>) {
    end += chunk.length;
    if (process.stdout.write(chunk)) continue;
    await new Promise((resolve) => process.stdout.once('drain', resolve).once('error', resolve));
  }
  return end;
}

/** Ends when `signal` aborts. */
async function* changes(file: string, signal: AbortSignal): AsyncIterable<void> {
  const watcher = watch(file);
  let wake: (() => void) | undefined;
  let changed = true;
  const look = () => {
    changed = true;
    wake?.();
  };
  watcher.on('change', look);
  signal.addEventListener('abort', look, { once: true });
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        yield;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (changed) resolve();
      });
    }
  } finally {
    watcher.close();
  }
}
