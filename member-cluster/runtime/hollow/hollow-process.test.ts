import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { start, systemClock } from '../../../src/component-base/index.ts';
import type { ContainerConfig } from '../container-runtime.ts';
import { ownCommand } from './hollow-process.ts';
import { createHollowRuntime } from './hollow-runtime.ts';

const config: ContainerConfig = {
  metadata: { name: 'main', attempt: 0 },
  image: 'busybox',
  imageRef: 'busybox@sha256:1',
  command: [],
  args: [],
  workingDir: '',
  env: [],
  ports: [],
  runsToCompletion: false,
};
const atTerminal = { stdin: true, tty: true };
const port = { containerPort: 80, protocol: 'TCP' } as const;

it.each([
  ['a container as most are', { command: ['nginx'] }, undefined],
  ['an ephemeral one', { isEphemeral: true, args: ['ls', '/'] }, ['ls', '/']],
  ['an ephemeral one of which nothing is said', { isEphemeral: true }, ['sh']],
  ['one with a terminal', atTerminal, ['sh']],
  ['one with a terminal and a shell', { ...atTerminal, args: ['/bin/bash', '-l'] }, ['/bin/bash', '-l']],
  ['one with a terminal and another program', { ...atTerminal, command: ['python3'] }, undefined],
  ['one with a terminal that serves', { ...atTerminal, ports: [port] }, undefined],
  ['one with input alone', { stdin: true }, undefined],
  ['a task of its own', { runsToCompletion: true, command: ['sh', '-c', 'exit 3'] }, ['sh', '-c', 'exit 3']],
  ['a task that needs its image', { runsToCompletion: true, command: ['./work'] }, undefined],
  ['one that goes on', { command: ['sleep', '60'] }, undefined],
])('%s runs what it really runs', (_what, more, command) => {
  expect(ownCommand({ ...config, ...more })).toEqual(command);
});

async function startContainer(more: Partial<ContainerConfig>, annotations: Readonly<Record<string, string>> = {}) {
  const node = { name: 'n', address: '127.19.1.1', podCIDR: '127.19.129.0/24', zone: 'z', region: 'r' };
  const runtime = createHollowRuntime({ node, clusterName: 'c', clock: systemClock, hasNetwork: false });
  const running = await start([runtime]);
  const metadata = { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 };
  const sandbox = { metadata, hostname: 'web', hostNetwork: false, labels: {}, annotations };
  const id = await runtime.createContainer(await runtime.runPodSandbox(sandbox), { ...config, ...more });
  await runtime.startContainer(id);
  const logged = async () => {
    const lines: string[] = [];
    const { signal } = new AbortController();
    for await (const { stream, line } of runtime.containerLogs(id, { signal })) lines.push(`${stream}: ${line}`);
    return lines;
  };
  const attach = (stdin?: PassThrough) => {
    const [stdout, leaving] = [new PassThrough(), new AbortController()];
    const streams = { ...(stdin === undefined ? {} : { stdin }), stdout, onResize: () => undefined };
    let text = '';
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return {
      done: runtime.attach(id, streams, leaving.signal),
      seen: () => text,
      leave: () => {
        leaving.abort();
      },
    };
  };
  return { runtime, id, logged, attach, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

it('all who are attached see what it says, which is its log as well', async () => {
  await using container = await startContainer({ isEphemeral: true, stdin: true });
  const stdin = new PassThrough();
  const [typing, watching] = [container.attach(stdin), container.attach()];
  stdin.write('echo one; echo two >&2\n');
  await expect.poll(() => [typing.seen(), watching.seen()]).toEqual(['one\ntwo\n', 'one\ntwo\n']);
  watching.leave();
  await expect(watching.done).rejects.toThrow();
  stdin.write('exit 4\n');
  expect(await typing.done).toBe(4);
  expect(await container.logged()).toEqual(['stdout: one', 'stderr: two']);
  expect((await container.runtime.containerStatus(container.id)).exit).toMatchObject({ exitCode: 4, reason: 'Error' });
});

it('goes on when who was attached is gone, unless its input is for one alone', async () => {
  for (const [stdinOnce, state] of [
    [false, 'RUNNING'],
    [true, 'EXITED'],
  ] as const) {
    await using container = await startContainer({ ...atTerminal, stdinOnce });
    const stdin = new PassThrough();
    const attached = container.attach(stdin);
    stdin.write('\n');
    await expect.poll(attached.seen).toContain('# ');
    attached.leave();
    await expect(attached.done).rejects.toThrow();
    await expect.poll(async () => (await container.runtime.containerStatus(container.id)).state).toBe(state);
  }
});

it('ends when it is to be stopped, and with what cannot be run', async () => {
  await using endless = await startContainer({ isEphemeral: true, command: ['sleep', '1000'] });
  await endless.runtime.stopContainer(endless.id, 1);
  expect((await endless.runtime.containerStatus(endless.id)).state).toBe('EXITED');
  await using unknown = await startContainer({ isEphemeral: true, command: ['no-such-program'] });
  await expect.poll(unknown.logged).toEqual([expect.stringContaining('executable file not found in $PATH')]);
  expect((await unknown.runtime.containerStatus(unknown.id)).exit?.exitCode).toBe(127);
});

it.each([
  ['as its command says', { command: ['sh', '-c', 'echo three; exit 3'] }, {}, 3],
  ['as annotations say', { command: ['false'] }, { 'koinon.dev/hollow-exit-code': '7' }, 7],
])('a task ends %s', async (_how, more, annotations, exitCode) => {
  await using task = await startContainer({ ...more, runsToCompletion: true }, annotations);
  const statusOf = () => task.runtime.containerStatus(task.id);
  await expect.poll(async () => (await statusOf()).exit).toMatchObject({ exitCode, reason: 'Error' });
  if (exitCode === 3) expect(await task.logged()).toEqual(['stdout: three']);
});

it('a task that is asked to end has not done its work', async () => {
  await using task = await startContainer({ runsToCompletion: true, command: ['sleep', 'infinity'] });
  await task.runtime.stopContainer(task.id, 1);
  expect((await task.runtime.containerStatus(task.id)).exit).toMatchObject({ exitCode: 143, reason: 'Error' });
});
