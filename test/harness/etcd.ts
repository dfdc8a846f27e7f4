import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EtcdStorageOptions } from '../../src/storage/index.ts';
import { silentLogger, systemClock } from '../../src/component-base/index.ts';

export interface EtcdVersion {
  /** As in `3.5`. */
  readonly version: string;
  readonly program: string;
}

const fetched = (name: string) => fileURLToPath(new URL(`../../.cache/etcd/${name}/usr/bin/etcd`, import.meta.url));

function versionOf(program: string): EtcdVersion | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const [, version = ''] = /etcd Version: (\d+\.\d+)/.exec(stdout) ?? [];
  return { version, program };
}

/** What `scripts/setup.js test` fetched, the oldest first; else what is installed. */
function findEtcd(): readonly EtcdVersion[] {
  const programs = ['oldest', 'newest'].map(fetched).filter((program) => existsSync(program));
  return (programs.length === 0 ? ['etcd'] : programs).flatMap((program) => versionOf(program) ?? []);
}

/** Why tests with a real etcd are skipped; false when they are not. With REQUIRE_ETCD its absence fails them. */
export function withoutEtcd(): string | false {
  const found = findEtcd().length;
  if (process.env['REQUIRE_ETCD'] && found < 2)
    throw new Error('run "node scripts/setup.js test": it fetches two etcds');
  return found > 0 ? false : 'no etcd here: "node scripts/setup.js test" fetches it';
}

/** Every etcd there is to judge with; where there is none, the one whose tests are skipped. */
export function etcdVersions(): readonly [EtcdVersion, ...EtcdVersion[]] {
  const [first = { version: '3', program: 'etcd' }, ...others] = findEtcd();
  return [first, ...others];
}

export interface EtcdOptions {
  /** The program; the newest there is when absent. */
  readonly program?: string;
  /** 1 when absent. */
  readonly members?: number;
  /** Files in PEM; both sides must then show a certificate of the CA. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly maxRequestBytes?: number;
}

interface Member {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
  readonly directory: string;
  process: ChildProcess | undefined;
}

/** An etcd of its own, on free ports of loopback, gone with its data when disposed. */
export class EtcdCluster implements AsyncDisposable {
  readonly #members: readonly Member[];
  readonly #options: EtcdOptions;
  readonly #root: string;

  private constructor(members: readonly Member[], options: EtcdOptions, root: string) {
    this.#members = members;
    this.#options = options;
    this.#root = root;
  }

  static async start(options: EtcdOptions = {}): Promise<EtcdCluster> {
    const { members: count = 1, tls } = options;
    const root = await mkdtemp(join(tmpdir(), 'koinon-etcd-'));
    const ports = await freePorts(count * 2);
    const scheme = tls === undefined ? 'http' : 'https';
    const members = Array.from({ length: count }, (_, index) => ({
      name: `m${index}`,
      client: `${scheme}://127.0.0.1:${ports[index * 2]!}`,
      peer: `http://127.0.0.1:${ports[index * 2 + 1]!}`,
      directory: join(root, `m${index}`),
      process: undefined,
    }));
    const cluster = new EtcdCluster(members, options, root);
    for (const index of members.keys()) cluster.startMember(index);
    try {
      if (tls === undefined) await cluster.answers();
    } catch (err) {
      await cluster[Symbol.asyncDispose]();
      throw err;
    }
    return cluster;
  }

  get endpoints(): string[] {
    return this.#members.map(({ client }) => client);
  }

  /** Options for storage in it, with a history that nobody compacts. */
  options(prefix = ''): EtcdStorageOptions {
    return { endpoints: this.endpoints, prefix, clock: systemClock, log: silentLogger, compactionIntervalMs: 0 };
  }

  startMember(index: number): void {
    const member = this.#members[index]!;
    const { tls, maxRequestBytes } = this.#options;
    const flags = {
      name: member.name,
      'data-dir': member.directory,
      'listen-client-urls': member.client,
      'advertise-client-urls': member.client,
      'listen-peer-urls': member.peer,
      'initial-advertise-peer-urls': member.peer,
      'initial-cluster': this.#members.map(({ name, peer }) => `${name}=${peer}`).join(','),
      'heartbeat-interval': '50',
      'election-timeout': '500',
      logger: 'zap',
      'log-level': 'error',
      ...(maxRequestBytes === undefined ? {} : { 'max-request-bytes': String(maxRequestBytes) }),
      ...(tls === undefined
        ? {}
        : { 'cert-file': tls.certificate, 'key-file': tls.key, 'trusted-ca-file': tls.ca, 'client-cert-auth': 'true' }),
    };
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    // fsync of a shared disk is not what is tested.
    args.push('--unsafe-no-fsync');
    const env = { PATH: process.env['PATH'] ?? '', ETCD_UNSUPPORTED_ARCH: 'arm64' };
    const { program = etcdVersions().at(-1)?.program ?? 'etcd' } = this.#options;
    member.process = spawn(program, args, { stdio: 'ignore', env });
  }

  async killMember(index: number): Promise<void> {
    const { process: child } = this.#members[index]!;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { promise: gone, resolve } = Promise.withResolvers<undefined>();
    child.once('exit', () => {
      resolve(undefined);
    });
    child.kill('SIGKILL');
    await gone;
  }

  /** Which member leads now; judged by the gateway that etcd serves beside gRPC. */
  async leader(): Promise<number> {
    const statuses = await Promise.all(this.#members.map(({ client }) => statusOf(client)));
    const leader = statuses.find((status) => status !== undefined && status.leader !== '0')?.leader;
    return statuses.findIndex((status) => status !== undefined && status.header.member_id === leader);
  }

  /** Waits until there is a leader. */
  async answers(): Promise<void> {
    const deadline = AbortSignal.timeout(20_000);
    while ((await this.leader()) < 0) await systemClock.sleep(25, deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const index of this.#members.keys()) await this.killMember(index);
    await rm(this.#root, { recursive: true, force: true });
  }
}

interface Status {
  readonly leader: string;
  readonly header: { readonly member_id: string };
}

async function statusOf(endpoint: string): Promise<Status | undefined> {
  try {
    const answer = await fetch(`${endpoint}/v3/maintenance/status`, {
      method: 'POST',
      body: '{}',
      signal: AbortSignal.timeout(2_000),
    });
    // @NOTE etcd's own gateway; a member without a leader leaves it out.
    const status = (await answer.json()) as Partial<Status>;
    if (status.header === undefined) return undefined;
    return { leader: status.leader ?? '0', header: status.header };
  } catch {
    return undefined;
  }
}

/** Free a moment ago, all at once so that none is told twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const { promise: listening, resolve } = Promise.withResolvers<undefined>();
      const server = createServer().listen(0, '127.0.0.1', () => {
        resolve(undefined);
      });
      await listening;
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
