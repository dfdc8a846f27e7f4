import { promises as dns } from 'node:dns';
import { request } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../../../src/component-base/index.ts';
import type { HostPort } from '../../host-ports/index.ts';
import {
  type ContainerConfig,
  type ContainerMount,
  type ContainerStreams,
  type ExecCommand,
  type PodSandboxConfig,
  type ResolverConfig,
} from '../container-runtime.ts';
import type { HollowDisks } from './hollow-disks.ts';
import { directory, fileNode, FileSystem, Quota, type DirectoryNode, type FileNode } from './shell/file-system.ts';
import type { ProcessHost } from './shell/process.ts';

export interface HollowCommandsDeps {
  readonly config: ContainerConfig;
  readonly sandbox: PodSandboxConfig;
  readonly ip: string;
  readonly clock: Clock;
  readonly hostPort: HostPort;
  /** Of the pod, by name: those that begin empty. */
  readonly volumes: Map<string, DirectoryNode>;
  readonly disks: HollowDisks;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const FOLDERS = ['/bin', '/dev', '/etc', '/home', '/proc', '/root', '/tmp', '/usr/bin', '/var/log', '/var/run'];
const FETCH_MS = 10_000;
const FETCH_BYTES = 16 * 1024 * 1024;
const LOOKUP_MS = 2_000;

/** The commands that are run in one hollow container, and the files that they share. */
export class HollowCommands {
  readonly #deps: HollowCommandsDeps;
  #files: FileSystem | undefined;

  constructor(deps: HollowCommandsDeps) {
    this.#deps = deps;
  }

  async exec({ command, tty }: ExecCommand, streams: ContainerStreams, signal: AbortSignal): Promise<number> {
    const { config, sandbox, clock } = this.#deps;
    const files = await this.#filesNow();
    const { execute } = await import('./shell/execute.ts');
    const host: ProcessHost = {
      files,
      clock,
      hostname: sandbox.hostname,
      mainCommand: [...config.command, ...config.args].join(' ') || config.image,
      fetch: (url, stop) => this.#fetch(url, stop),
      lookup: (name, stop) => this.#lookup(name, stop),
    };
    const env = new Map([
      ['PATH', PATH],
      ['HOSTNAME', sandbox.hostname],
      ['HOME', '/root'],
      ...(tty ? [['TERM', 'xterm'] as const] : []),
      ...config.env.map(({ name, value }) => [name, value] as const),
    ]);
    const cwd = config.workingDir === '' ? '/' : config.workingDir;
    return execute(host, { argv: command, env, cwd, tty, streams, signal });
  }

  /** With what the volumes hold by now. */
  async #filesNow(): Promise<FileSystem> {
    const { config, clock } = this.#deps;
    if (this.#files === undefined) {
      this.#files = new FileSystem(() => clock.now());
      for (const folder of FOLDERS) this.#files.makeDirectory(folder, { parents: true });
      if (config.workingDir.startsWith('/')) this.#files.makeDirectory(config.workingDir, { parents: true });
      for (const [path, text] of this.#ownFiles()) this.#files.write(path, Buffer.from(text));
    }
    for (const mount of config.mounts ?? []) {
      const volume = await this.#volumeOf(mount);
      if (volume !== undefined) this.#files.mount(mount.containerPath, volume);
    }
    return this.#files;
  }

  #ownFiles(): readonly (readonly [string, string])[] {
    const { sandbox, ip } = this.#deps;
    const { hosts = [], domainName } = sandbox;
    const { servers = [], searches = [], options = [] } = sandbox.dns ?? {};
    const names = [...(domainName === undefined ? [] : [domainName]), sandbox.hostname];
    const known = [{ ip: '127.0.0.1', names: ['localhost'] }, { ip, names }, ...hosts];
    const resolv = [
      ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
      ...servers.map((server) => `nameserver ${server}`),
      ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    ];
    return [
      ['/etc/hostname', `${sandbox.hostname}\n`],
      ['/etc/hosts', known.map((line) => `${line.ip}\t${line.names.join('\t')}\n`).join('')],
      ['/etc/resolv.conf', `${resolv.join('\n')}\n`],
      ['/etc/os-release', 'NAME="hollow"\nID=hollow\n'],
      ['/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'],
    ];
  }

  async #volumeOf(mount: ContainerMount): Promise<DirectoryNode | FileNode | undefined> {
    const { content, subPath } = mount;
    if (content === undefined) {
      const shared = this.#sharedFiles(mount);
      return subPath === undefined ? shared : below(shared, subPath);
    }
    const files = new FileSystem(() => this.#deps.clock.now());
    for (const [path, data] of await content()) {
      files.makeDirectory(`/${path}/..`, { parents: true });
      files.write(`/${path}`, data);
    }
    const root = subPath === undefined ? files.root : files.find(`/${subPath}`);
    return root?.type === 'directory' ? frozen(root) : root && fileNode(root.data);
  }

  #sharedFiles({ volume, persistent }: ContainerMount): DirectoryNode {
    const { volumes, disks } = this.#deps;
    if (persistent !== undefined) return disks.of(persistent);
    const shared = volumes.get(volume) ?? directory(new Quota());
    volumes.set(volume, shared);
    return shared;
  }

  async #lookup(name: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(name) !== 0) return [name];
    if (name === 'localhost') return ['127.0.0.1'];
    const { sandbox, ip, hostPort } = this.#deps;
    if (name === sandbox.hostname || name === sandbox.domainName) return [ip];
    const told = (sandbox.hosts ?? []).filter(({ names }) => names.includes(name));
    if (told.length > 0) return told.map((line) => line.ip);
    const { servers = [] } = sandbox.dns ?? {};
    const resolver = new dns.Resolver({ timeout: LOOKUP_MS, tries: 1 });
    if (servers.length > 0) resolver.setServers(servers.map((server) => `${server}:${hostPort(server, 53)}`));
    for (const candidate of candidatesOf(name, sandbox.dns)) {
      signal.throwIfAborted();
      const found = await resolver.resolve4(candidate).catch(() => []);
      if (found.length > 0) return found;
    }
    return [];
  }

  async #fetch(url: URL, signal: AbortSignal): Promise<{ readonly status: number; readonly body: Buffer }> {
    const { clock, hostPort, ip } = this.#deps;
    const [found] = await this.#lookup(url.hostname, signal);
    if (found === undefined) throw new Error(`bad address '${url.hostname}'`);
    const address = found === '127.0.0.1' ? ip : found;
    const late = new AbortController();
    const cancel = clock.after(FETCH_MS, () => {
      late.abort(new Error('timed out'));
    });
    try {
      const port = hostPort(address, Number(url.port || '80'));
      const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Buffer }>();
      const outgoing = request({
        host: address,
        port,
        path: url.pathname + url.search,
        headers: { host: url.host },
        agent: false,
        signal: AbortSignal.any([signal, late.signal]),
      });
      outgoing.once('error', reject).once('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > FETCH_BYTES) response.destroy(new Error('the answer is too large'));
        });
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        });
      });
      outgoing.end();
      return await promise;
    } finally {
      cancel();
    }
  }
}

function below(volume: DirectoryNode, path: string): DirectoryNode {
  const found = volume.children.get(path);
  if (found?.type === 'directory') return found;
  const made = directory(volume.quota);
  volume.children.set(path, made);
  return made;
}

function frozen(node: DirectoryNode): DirectoryNode {
  const children = new Map(
    [...node.children].map(([name, child]) => [name, child.type === 'directory' ? frozen(child) : child]),
  );
  return { ...node, children, isReadOnly: true };
}

/** What a resolver asks for in turn (resolv.conf(5)): a name with dots enough, or with one at its end, first as it is. */
function candidatesOf(name: string, { searches, options }: ResolverConfig = noResolver): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const [, digits = '1'] = options.map((option) => /^ndots:(\d+)$/.exec(option)).find((match) => match !== null) ?? [];
  const longer = searches.map((search) => `${name}.${search}`);
  return name.split('.').length - 1 >= Number(digits) ? [name, ...longer] : [...longer, name];
}

const noResolver: ResolverConfig = { servers: [], searches: [], options: [] };
