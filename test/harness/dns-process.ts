import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dnsProgram, type DnsProgram } from './dns-servers.ts';

/** Where a server keeps its files and listens, UDP and TCP alike. */
export interface DnsPlace {
  readonly directory: string;
  readonly port: number;
}

export interface DnsProcessOptions {
  readonly program: DnsProgram;
  /** Must keep it in the foreground. */
  readonly args: (place: DnsPlace) => readonly string[];
  /** By path within the directory. */
  readonly files: (place: DnsPlace) => Readonly<Record<string, string>>;
  /** Made where they are absent. */
  readonly directories?: readonly string[];
  /** Runs when the files are there, before the program does. */
  readonly prepare?: (place: DnsPlace) => Promise<void>;
  /** What the program is run by, as in `taskset -c 0`. */
  readonly runBy?: readonly string[];
  /** A zone whose SOA it answers for, with whatever rcode, once it is ready. */
  readonly probe: string;
  /** How long it may take to be ready, 10 s when absent. */
  readonly startMs?: number;
}

/** Options of every kind of server that is written down as text. */
export interface DnsJudgeOptions {
  readonly zones: readonly DnsJudgeZone[];
  /** Statements at the top of its configuration, in its own language. */
  readonly config?: string;
  readonly runBy?: readonly string[];
  readonly startMs?: number;
}

export interface DnsJudgeZone {
  readonly name: string;
  /** A master file; none for a zone it gets from elsewhere. */
  readonly text?: string;
  /** Statements of the zone, in the server's own language. */
  readonly config?: string;
}

/** The name of the file that a zone's text is written to. */
export const zoneFileOf = ({ name }: DnsJudgeZone) => `${name === '' ? 'root' : name}.zone`;

export const zoneTexts = (zones: readonly DnsJudgeZone[]): Record<string, string> =>
  Object.fromEntries(zones.flatMap((zone) => (zone.text === undefined ? [] : [[zoneFileOf(zone), zone.text]])));

/** A DNS server that is not ours, on a free port of loopback, gone with its files when disposed. */
export class DnsProcess implements AsyncDisposable {
  readonly directory: string;
  readonly port: number;
  readonly #process: ChildProcess;
  #output = '';

  private constructor({ directory, port }: DnsPlace, process: ChildProcess) {
    this.directory = directory;
    this.port = port;
    this.#process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-65_536);
      });
    }
  }

  static async start(options: DnsProcessOptions): Promise<DnsProcess> {
    const directory = await mkdtemp(join(tmpdir(), `koinon-${options.program}-`));
    const place = { directory, port: await freeDnsPort() };
    for (const name of options.directories ?? []) await mkdir(join(directory, name), { recursive: true });
    for (const [name, text] of Object.entries(options.files(place))) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    await options.prepare?.(place);
    const { program, env } = dnsProgram(options.program);
    const [command = program, ...args] = [...(options.runBy ?? []), program, ...options.args(place)];
    const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = new DnsProcess(place, child);
    try {
      await server.#ready(options.probe, options.startMs ?? 10_000);
    } catch (err) {
      await server[Symbol.asyncDispose]();
      throw err;
    }
    return server;
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('it did not start');
    return this.#process.pid;
  }

  /** The last that it said on its outputs. */
  get output(): string {
    return this.#output;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid !== undefined) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const forced = AbortSignal.timeout(5000);
      forced.addEventListener('abort', () => this.#process.kill('SIGKILL'), { once: true });
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async #ready(probe: string, deadlineMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(deadlineMs);
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`it ended:\n${this.#output}`);
      if (await answers(this.port, probe)) return;
      if (deadline.aborted) throw new Error(`it does not answer:\n${this.#output}`);
      await delay(20);
    }
  }
}

/** Whether anything answers a question for the SOA of `zone` within a moment. */
async function answers(port: number, zone: string): Promise<boolean> {
  const socket = createSocket('udp4');
  const labels = zone.split('.').filter((label) => label !== '');
  const name = labels.flatMap((label) => [label.length, ...Buffer.from(label)]);
  const packet = Buffer.from([0x50, 0x0b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 0, 6, 0, 1]);
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(250) });
    // Connected, so that a port nobody listens on yet is known at once.
    socket.connect(port, '127.0.0.1', () => {
      socket.send(packet);
    });
    await answered;
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/** A port of loopback that is free for UDP and TCP. */
export async function freeDnsPort(): Promise<number> {
  for (;;) {
    const tcp = createServer().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const udp = createSocket('udp4');
    const bound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => {
        resolve(false);
      });
      udp.bind(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    if (bound) udp.close();
    await new Promise((resolve) => tcp.close(resolve));
    if (bound) return port;
  }
}
