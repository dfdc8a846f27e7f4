import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type {
  ContainerConfig,
  ContainerEvent,
  ContainerRuntime,
  PodSandboxConfig,
} from '../../member-cluster/runtime/index.ts';

type Behaviour = Partial<Pick<ContainerConfig, 'image' | 'command' | 'args' | 'runsToCompletion'>>;

export interface RuntimeUnderTest extends AsyncDisposable {
  /** Running. */
  readonly runtime: ContainerRuntime;
  /** Of every sandbox. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** How containers of these names are made to behave. */
  readonly containers: {
    /** Prints a line, goes on until it is asked to end, and ends with 0 then. */
    readonly server: Behaviour;
    /** Does not end when it is asked to. */
    readonly stubborn: Behaviour;
    /** Ends by itself with 0. */
    readonly task: Behaviour;
    /** Ends by itself with 3. */
    readonly failing: Behaviour;
  };
}

type Name = keyof RuntimeUnderTest['containers'];

/** What the kubelet relies on, of every runtime. */
export function containerRuntimeConformance(name: string, factory: () => Promise<RuntimeUnderTest>): void {
  const test = (title: string, body: (given: Given) => Promise<void>) => {
    it(title, async () => {
      await using underTest = await factory();
      await body(new Given(underTest));
    });
  };
  describe(name, () => {
    describe('sandboxes', () => {
      sandboxTests(test);
    });
    describe('containers', () => {
      containerTests(test);
    });
    describe('connections', () => {
      connectionTests(test);
    });
    describe('logs and events', () => {
      outputTests(test);
    });
  });
}

type Tests = (title: string, body: (given: Given) => Promise<void>) => void;

class Given {
  readonly runtime: ContainerRuntime;
  readonly #underTest: RuntimeUnderTest;

  constructor(underTest: RuntimeUnderTest) {
    this.runtime = underTest.runtime;
    this.#underTest = underTest;
  }

  sandboxConfig(uid: string, attempt = 0): PodSandboxConfig {
    const { annotations = {} } = this.#underTest;
    const metadata = { name: `pod-${uid}`, namespace: 'default', uid, attempt };
    return { metadata, hostname: `pod-${uid}`, hostNetwork: false, labels: {}, annotations };
  }

  sandbox(uid = 'u1'): Promise<string> {
    return this.runtime.runPodSandbox(this.sandboxConfig(uid));
  }

  async create(sandboxId: string, name: Name, attempt = 0): Promise<string> {
    const { image = 'example', ...behaviour } = this.#underTest.containers[name];
    const imageRef = await this.runtime.pullImage(image, this.sandboxConfig('u1'));
    return this.runtime.createContainer(sandboxId, {
      metadata: { name, attempt },
      image,
      imageRef,
      command: [],
      args: [],
      workingDir: '',
      env: [],
      ports: [],
      runsToCompletion: false,
      ...behaviour,
    });
  }

  async run(sandboxId: string, name: Name, attempt = 0): Promise<string> {
    const id = await this.create(sandboxId, name, attempt);
    await this.runtime.startContainer(id);
    return id;
  }

  async exited(id: string): Promise<void> {
    const state = async () => (await this.runtime.containerStatus(id)).state;
    await expect.poll(state, { interval: 5 }).toBe('EXITED');
  }

  async log(id: string): Promise<string[]> {
    const { signal } = new AbortController();
    const entries = await Array.fromAsync(this.runtime.containerLogs(id, { signal }));
    return entries.map(({ line }) => line);
  }
}

function connectionTests(test: Tests): void {
  const collected = () => {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    });
    return { stream, text: () => Buffer.concat(chunks).toString() };
  };
  const command = (...words: readonly string[]) => ({ command: words, tty: false });
  const onResize = () => undefined;
  const { signal } = new AbortController();

  test('a command gets input, writes output and ends with a code', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const [stdout, stderr] = [collected(), collected()];
    const streams = {
      stdin: Readable.from([Buffer.from('abc')]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      onResize,
    };
    const code = await given.runtime.exec(id, command('sh', '-c', 'cat; echo no >&2; exit 3'), streams, signal);
    expect([code, stdout.text(), stderr.text()]).toEqual([3, 'abc', 'no\n']);
  });

  test('a command that is not there says so', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const stderr = collected();
    expect(await given.runtime.exec(id, command('nonsense'), { stderr: stderr.stream, onResize }, signal)).toBe(127);
    expect(stderr.text()).toContain('executable file not found in $PATH');
  });

  test('a command ends when nobody waits for it any more, and with its container', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const gone = new AbortController();
    const abandoned = given.runtime.exec(id, command('sleep', '1000'), { onResize }, gone.signal);
    gone.abort(new Error('gone'));
    await expect(abandoned).rejects.toThrow('gone');
    const running = given.runtime.exec(id, command('sleep', '1000'), { onResize }, signal);
    await given.runtime.stopContainer(id, 0);
    expect(await running).not.toBe(0);
    await expect(given.runtime.exec(id, command('true'), { onResize }, signal)).rejects.toMatchObject({
      code: 'Invalid',
    });
  });

  test('who is attached sees what is written until the container has ended', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const stdout = collected();
    const attached = given.runtime.attach(id, { stdout: stdout.stream, stderr: stdout.stream, onResize }, signal);
    await given.runtime.stopContainer(id, 1);
    await attached;
    expect(stdout.text()).not.toBe('');
  });

  test('a port that nobody listens on is refused', async (given) => {
    const sandbox = await given.sandbox();
    await given.run(sandbox, 'server');
    await expect(given.runtime.portForward(sandbox, 1, signal)).rejects.toThrow();
  });
}

function sandboxTests(test: Tests): void {
  test('sandboxes have addresses of their own', async (given) => {
    const [a, b] = [await given.sandbox('u1'), await given.sandbox('u2')];
    const first = await given.runtime.podSandboxStatus(a);
    expect(first).toMatchObject({ id: a, state: 'READY', metadata: { name: 'pod-u1', uid: 'u1', attempt: 0 } });
    expect(first.ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect((await given.runtime.podSandboxStatus(b)).ip).not.toBe(first.ip);
    expect((await given.runtime.listPodSandboxes()).map(({ id }) => id).toSorted()).toEqual([a, b].toSorted());
  });

  test('a stopped sandbox ends its containers and can still be looked at', async (given) => {
    const id = await given.sandbox();
    const container = await given.run(id, 'server');
    await given.runtime.stopPodSandbox(id);
    await given.runtime.stopPodSandbox(id);
    expect((await given.runtime.podSandboxStatus(id)).state).toBe('NOTREADY');
    expect((await given.runtime.containerStatus(container)).state).toBe('EXITED');
    await expect(given.create(id, 'server', 1)).rejects.toMatchObject({ name: 'RuntimeError' });
  });

  test('a removed sandbox is forgotten, with its containers', async (given) => {
    const id = await given.sandbox();
    const container = await given.run(id, 'server');
    await given.runtime.removePodSandbox(id);
    await given.runtime.removePodSandbox(id);
    await given.runtime.stopPodSandbox(id);
    expect(await given.runtime.listPodSandboxes()).toEqual([]);
    await expect(given.runtime.podSandboxStatus(id)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(given.runtime.listContainers(id)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(given.runtime.containerStatus(container)).rejects.toMatchObject({ code: 'NotFound' });
  });
}

function containerTests(test: Tests): void {
  test('a container is created, runs, and ends when it is asked to', async (given) => {
    const sandbox = await given.sandbox();
    const id = await given.create(sandbox, 'server');
    const created = await given.runtime.containerStatus(id);
    expect(created).toMatchObject({
      id,
      podSandboxId: sandbox,
      state: 'CREATED',
      metadata: { name: 'server', attempt: 0 },
    });
    expect(created.startedAt).toBeUndefined();
    await given.runtime.startContainer(id);
    const running = await given.runtime.containerStatus(id);
    expect(running.state).toBe('RUNNING');
    expect(running.startedAt).toBeGreaterThanOrEqual(created.createdAt);
    await given.runtime.stopContainer(id, 10);
    const ended = await given.runtime.containerStatus(id);
    expect(ended).toMatchObject({ state: 'EXITED', exit: { exitCode: 0, reason: 'Completed' } });
    expect(ended.exit?.finishedAt).toBeGreaterThanOrEqual(running.startedAt ?? Infinity);
    await given.runtime.stopContainer(id, 10);
  });

  test('what a container uses is told while it runs, and the sum of its CPU never shrinks', async (given) => {
    const id = await given.create(await given.sandbox(), 'server');
    const demand = { annotations: {}, requests: { cpuNanoCores: 1e8, memoryBytes: 2 ** 26 }, limits: {} };
    await expect(given.runtime.containerUsage(id, demand)).rejects.toMatchObject({ code: 'Invalid' });
    await given.runtime.startContainer(id);
    const first = await given.runtime.containerUsage(id, demand);
    expect(Math.min(first.cpuNanoCores, first.cpuCoreNanoseconds, first.memoryBytes)).toBeGreaterThanOrEqual(0);
    const second = await given.runtime.containerUsage(id, { ...demand, requests: {} });
    expect(second.cpuCoreNanoseconds).toBeGreaterThanOrEqual(first.cpuCoreNanoseconds);
    await given.runtime.stopContainer(id, 10);
    await expect(given.runtime.containerUsage(id, demand)).rejects.toMatchObject({ code: 'Invalid' });
  });

  test('one that does not end in time is killed', async (given) => {
    const id = await given.run(await given.sandbox(), 'stubborn');
    await given.runtime.stopContainer(id, 0.05);
    expect(await given.runtime.containerStatus(id)).toMatchObject({ state: 'EXITED', exit: { exitCode: 137 } });
  });

  test('a second stop may be quicker than the first', async (given) => {
    const id = await given.run(await given.sandbox(), 'stubborn');
    const slow = given.runtime.stopContainer(id, 3600);
    await given.runtime.stopContainer(id, 0);
    await slow;
    expect((await given.runtime.containerStatus(id)).exit?.exitCode).toBe(137);
  });

  test('how a container ended by itself is told', async (given) => {
    const sandbox = await given.sandbox();
    const [task, failing] = [await given.run(sandbox, 'task'), await given.run(sandbox, 'failing')];
    await given.exited(task);
    await given.exited(failing);
    expect((await given.runtime.containerStatus(task)).exit).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect((await given.runtime.containerStatus(failing)).exit).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  test('all attempts are listed until they are removed', async (given) => {
    const sandbox = await given.sandbox();
    const first = await given.run(sandbox, 'failing');
    await given.exited(first);
    const second = await given.run(sandbox, 'failing', 1);
    const attempts = async () =>
      (await given.runtime.listContainers(sandbox)).map(({ id, metadata }) => [id, metadata.attempt]);
    expect(await attempts()).toEqual([
      [first, 0],
      [second, 1],
    ]);
    await given.runtime.removeContainer(first);
    await given.runtime.removeContainer(first);
    expect(await attempts()).toEqual([[second, 1]]);
  });

  test('a container is started once', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    await expect(given.runtime.startContainer(id)).rejects.toMatchObject({ name: 'RuntimeError' });
  });

  test('what is not there is NotFound, and need not be stopped', async (given) => {
    await expect(given.runtime.startContainer('none')).rejects.toMatchObject({ code: 'NotFound' });
    await expect(given.runtime.containerStatus('none')).rejects.toMatchObject({ code: 'NotFound' });
    await given.runtime.stopContainer('none', 1);
    await given.runtime.removeContainer('none');
  });
}

function outputTests(test: Tests): void {
  test('a log has what the container said, also after its end', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    await expect.poll(() => given.log(id)).not.toEqual([]);
    await given.runtime.stopContainer(id, 10);
    expect((await given.log(id)).length).toBeGreaterThan(0);
  });

  test('a log that is followed ends with the container', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const { signal } = new AbortController();
    const followed = Array.fromAsync(given.runtime.containerLogs(id, { signal, follow: true }));
    await given.runtime.stopContainer(id, 10);
    expect((await followed).map(({ line }) => line)).toEqual(await given.log(id));
  });

  test('following ends quietly when the signal aborts', async (given) => {
    const id = await given.run(await given.sandbox(), 'server');
    const abort = new AbortController();
    const followed = Array.fromAsync(given.runtime.containerLogs(id, { signal: abort.signal, follow: true }));
    abort.abort();
    await followed;
  });

  test('events tell what happens to containers, until the signal aborts', async (given) => {
    const abort = new AbortController();
    const seen: ContainerEvent[] = [];
    const done = (async () => {
      for await (const event of given.runtime.containerEvents(abort.signal)) seen.push(event);
    })();
    const podSandboxId = await given.sandbox('u9');
    const containerId = await given.run(podSandboxId, 'server');
    await given.runtime.stopContainer(containerId, 10);
    await given.runtime.removeContainer(containerId);
    await expect
      .poll(() => seen.map(({ type }) => type))
      .toEqual(['CONTAINER_CREATED', 'CONTAINER_STARTED', 'CONTAINER_STOPPED', 'CONTAINER_DELETED']);
    expect(seen.every((event) => event.containerId === containerId && event.podUid === 'u9')).toBe(true);
    abort.abort();
    await done;
  });
}
