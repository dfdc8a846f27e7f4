import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'bin', 'koinon.js');

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's machine in a directory of its own: home, kubeconfig, DNS port. Runs the commands that a user types. */
export class Sandbox implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'koinon-e2e-'));
  readonly home = join(this.directory, 'home');
  readonly kubeconfig = join(this.directory, 'kubeconfig');
  dnsPort = 0;
  /** For all that is run, beside those of the test. */
  variables: Readonly<Record<string, string>> = {};

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    sandbox.dnsPort = await freePort();
    return sandbox;
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOME: this.directory,
      KOINON_HOME: this.home,
      KUBECONFIG: this.kubeconfig,
      ...this.variables,
    };
  }

  get dnsAddress(): string {
    return `127.0.0.1:${this.dnsPort}`;
  }

  koinon(...args: string[]): Promise<Outcome> {
    return this.run(process.execPath, [program, ...args]);
  }

  /** `koinon` in the background of the test, for those that interrupt or follow it. */
  spawnKoinon(...args: string[]): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      env: this.environment,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async up(...args: string[]): Promise<string> {
    return mustSucceed('koinon up', await this.koinon('up', '--dns-address', this.dnsAddress, ...args));
  }

  /** Standard output; rejects when kubectl fails. */
  async kubectl(...args: string[]): Promise<string> {
    return mustSucceed(`kubectl ${args.join(' ')}`, await this.tryKubectl(...args));
  }

  tryKubectl(...args: string[]): Promise<Outcome> {
    return this.run('kubectl', args);
  }

  /** The lines of `dig +short`, sorted. */
  async dig(name: string, server = this.dnsAddress, ...more: string[]): Promise<string[]> {
    const [host = '', port = '53'] = server.split(':');
    const args = ['+short', '+tries=1', '+time=2', `@${host}`, '-p', port, name, ...more];
    const { stdout } = await this.run('dig', args);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  }

  async curl(url: string): Promise<string> {
    return mustSucceed(`curl ${url}`, await this.run('curl', ['-sS', '--max-time', '5', url]));
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = this.environment): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(
        command,
        args,
        { env, cwd: root, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 },
        (err, stdout, stderr) => {
          const code = err === null ? 0 : typeof err.code === 'number' ? err.code : 1;
          resolve({ code, stdout, stderr: stderr === '' && err !== null ? err.message : stderr });
        },
      );
    });
  }

  async status(): Promise<Status> {
    // @NOTE the shape of FleetStatus, told by `koinon status -o json`.
    return JSON.parse(mustSucceed('koinon status', await this.koinon('status', '-o', 'json'))) as Status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (existsSync(this.home)) await this.koinon('down');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface Status {
  readonly ready: boolean;
  readonly components: readonly {
    readonly name: string;
    readonly kind: string;
    readonly state: string;
    readonly health: string;
    readonly membership?: string;
    readonly pid?: number;
    readonly address?: string;
    readonly memoryBytes?: number;
  }[];
}

export function mustSucceed(what: string, { code, stdout, stderr }: Outcome): string {
  if (code !== 0) throw new Error(`${what} ended with code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** A port that is free for TCP now; used for UDP as well. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

export function processIsAlive(pid: number): boolean {
  try {
    // A zombie is nobody.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
