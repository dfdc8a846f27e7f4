import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { systemClock } from '../../../../src/component-base/index.ts';
import { execute } from './execute.ts';
import { FileSystem } from './file-system.ts';

/** What a script prints, both streams together, and its exit code. */
async function run(script: string): Promise<readonly [string, number]> {
  const chunks: Buffer[] = [];
  const into = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
  const unreachable = () => Promise.reject(new Error('there is no network'));
  const host = {
    files: new FileSystem(() => 0),
    clock: systemClock,
    hostname: 'web',
    mainCommand: '',
    fetch: unreachable,
    lookup: unreachable,
  };
  const code = await execute(host, {
    argv: ['sh', '-c', script],
    env: new Map(),
    cwd: '/',
    tty: false,
    streams: { stdout: into(), stderr: into(), onResize: () => undefined },
    signal: new AbortController().signal,
  });
  return [Buffer.concat(chunks).toString(), code];
}

const MAKE = 'mkdir -p /data/deep; echo a > /data/one; echo b > /data/deep/two';

it.each<[string, string, number]>([
  ['find /data', '/data\n/data/deep\n/data/deep/two\n/data/one\n', 0],
  ['find /data -type f', '/data/deep/two\n/data/one\n', 0],
  ['cd /data; find', '.\n./deep\n./deep/two\n./one\n', 0],
  ['find /none', 'find: /none: No such file or directory\n', 1],
  ['find /data -newer x', 'find: only -type f and -type d are known here: -newer x\n', 1],
  ['mv -v /data/one /data/deep; cat /data/deep/one', "renamed '/data/one' -> '/data/deep/one'\na\n", 0],
  ['mv /data/one /data/other; find /data -type f; cat /data/other', '/data/deep/two\n/data/other\na\n', 0],
  ['mv /data/one /data/one; cat /data/one', 'mv: /data/one: it is the same file\na\n', 0],
  ['mv /data/deep /other', 'mv: /data/deep: folders are not moved here\n', 1],
  ['mv /data/none /other', 'mv: /data/none: No such file or directory\n', 1],
  ['sync', '', 0],
])('%s', async (script, printed, code) => {
  expect(await run(`${MAKE}; ${script}`)).toEqual([printed, code]);
});
