import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';
import { createRemoteClient, type Client } from '../../src/client/index.ts';
import { mallocSettings } from '../../src/component-base/index.ts';
import { createTestCertificates, type TestCertificates } from '../harness/certificates.ts';

const TICKS_PER_SECOND = 100;
const STREAM_WINDOW = 4 * 2 ** 20;
const CONNECTION_WINDOW = 2 ** 30;
const PROGRAM = fileURLToPath(new URL('../../node_modules/.cache/bench', import.meta.url));

/** An API server in a process of its own; this process is the load. */
export class ApiServerUnderTest implements AsyncDisposable {
  readonly #directory: string;
  readonly #certificates: TestCertificates;
  #child: ChildProcess | undefined;
  #client: (Client & AsyncDisposable) | undefined;
  /** Of an administrator. */
  readonly token = 'of-the-load';
  url = '';

  constructor(directory: string, certificates: TestCertificates) {
    this.#directory = directory;
    this.#certificates = certificates;
  }

  static async start(): Promise<ApiServerUnderTest> {
    await bundle({ server: join(import.meta.dirname, 'api-server-process.ts') }, PROGRAM);
    const directory = await mkdtemp(join(tmpdir(), 'koinon-bench-'));
    const server = new ApiServerUnderTest(directory, await createTestCertificates());
    await server.launch();
    return server;
  }

  /** Milliseconds from the beginning of the process to the first /readyz that says so. */
  async launch(): Promise<number> {
    const began = performance.now();
    // As the components of a fleet are started.
    const child = fork(join(PROGRAM, 'server.js'), [this.#directory, this.token], {
      env: { ...process.env, ...mallocSettings, NODE_COMPILE_CACHE: join(PROGRAM, 'compiled') },
    });
    this.#child = child;
    child.send(this.#certificates.serving);
    const [{ url }] = (await once(child, 'message')) as [{ url: string }]; // @NOTE our own process wrote it
    this.url = url;
    this.#client = createRemoteClient({
      server: url,
      ca: this.#certificates.ca,
      credentials: this.#certificates.admin,
    });
    await this.client.raw('/readyz');
    return performance.now() - began;
  }

  async stop(): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]();
    const child = this.#child;
    if (child === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    this.#child = undefined;
  }

  get client(): Client {
    if (this.#client === undefined) throw new TypeError('it does not run');
    return this.#client;
  }

  /** A connection of its own, on which nothing is parsed, with the windows of client-go. */
  session(): ClientHttp2Session {
    const { ca, admin } = this.#certificates;
    const settings = { initialWindowSize: STREAM_WINDOW };
    const session = connect(this.url, { ca, cert: admin.certificate, key: admin.key, settings });
    session.once('connect', () => {
      session.setLocalWindowSize(CONNECTION_WINDOW);
    });
    return session;
  }

  /** Bytes of an answer, with the time from the question to its last byte. */
  async fetch(
    session: ClientHttp2Session,
    path: string,
    accept = 'application/json',
  ): Promise<{ ms: number; bytes: number }> {
    const began = performance.now();
    const stream = session.request({ ':path': path, accept });
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.end();
    await once(stream, 'end');
    return { ms: performance.now() - began, bytes };
  }

  /** Of the process until now, in milliseconds. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  }

  memoryMb(): number {
    const [, kilobytes = ''] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#pid}/smaps_rollup`, 'utf8')) ?? [];
    return (Number(kilobytes) * 1024) / 1e6;
  }

  get #pid(): number {
    return this.#child?.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true });
  }
}
