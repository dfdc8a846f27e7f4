import { execFile, execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPairPem } from '../../src/pki/index.ts';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server that kubectl can be an administrator of. */
export interface KubectlServer {
  readonly url: string;
  readonly certificates: { readonly ca: string; readonly admin: KeyPairPem };
}

export interface KubectlOptions {
  /** `kubectl` of the PATH when absent. */
  readonly program?: string;
  /** `default` when absent. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Kubectl extends AsyncDisposable {
  /** Never rejects for a failure of kubectl: look at `code`. */
  run(args: readonly string[], stdin?: string): Promise<KubectlResult>;
  /** Standard output; rejects with standard error when kubectl fails. `line` is split at spaces. */
  out(line: string, stdin?: string): Promise<string>;
  /** For what is interrupted or spoken to; the caller ends it. */
  spawn(args: readonly string[]): ChildProcessWithoutNullStreams;
}

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Whether there is a kubectl to judge with. With REQUIRE_KUBECTL set its absence is an error. */
export function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch (err) {
    if (process.env['REQUIRE_KUBECTL'] !== undefined) throw new Error('REQUIRE_KUBECTL is set', { cause: err });
    return false;
  }
}

/** The real kubectl, as an administrator of a test server that listens. */
export async function kubectlFor(server: KubectlServer, options: KubectlOptions = {}): Promise<Kubectl> {
  const { program = 'kubectl', namespace = 'default' } = options;
  const home = await mkdtemp(join(tmpdir(), 'koinon-kubectl-'));
  const kubeconfig = join(home, 'config');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(server, namespace)));
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig, ...options.env };
  const run = (args: readonly string[], stdin = '') =>
    new Promise<KubectlResult>((resolve) => {
      const child = execFile(
        program,
        args,
        { env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES },
        (err, stdout, stderr) => {
          resolve({ code: err === null ? 0 : Number(err.code ?? 1), stdout, stderr });
        },
      );
      child.stdin?.end(stdin);
    });
  return {
    run,
    out: async (line, stdin) => {
      const { code, stdout, stderr } = await run(line.split(' '), stdin);
      if (code !== 0) throw new Error(`kubectl ${line}: ${stderr}`);
      return stdout;
    },
    spawn: (args) => spawn(program, args, { env }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
}

/** A kubeconfig with one context, which is the current one. */
export function kubeconfigOf({ url, certificates: { ca, admin } }: KubectlServer, namespace = 'default') {
  const encode = (pem: string) => Buffer.from(pem).toString('base64');
  const user = { 'client-certificate-data': encode(admin.certificate), 'client-key-data': encode(admin.key) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin', namespace } }],
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': encode(ca) } }],
    users: [{ name: 'admin', user }],
  };
}
