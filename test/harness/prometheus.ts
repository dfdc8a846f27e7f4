import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fetched = (name: string) => fileURLToPath(new URL(`../../.cache/prometheus/usr/bin/${name}`, import.meta.url));

/** What `scripts/setup.js test` fetched; else what is installed. */
function programOf(name: 'prometheus' | 'promtool'): string {
  return existsSync(fetched(name)) ? fetched(name) : name;
}

/** Why tests with a real Prometheus are skipped; false when they are not. With REQUIRE_PROMETHEUS its absence fails them. */
export function withoutPrometheus(): string | false {
  if (spawnSync(programOf('promtool'), ['--version']).status === 0) return false;
  const how = '"node scripts/setup.js test" fetches it';
  if (process.env['REQUIRE_PROMETHEUS']) throw new Error(`there is no Prometheus: ${how}`);
  return `no Prometheus here: ${how}`;
}

/** What it prints; throws with that when it is not content. */
export function promtool(directory: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(programOf('promtool'), args, { cwd: directory, encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout + stderr;
}

/** A Prometheus that runs by the `prometheus.yaml` of a directory and keeps its data there. */
export class Prometheus implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #url: string;
  #said = '';

  constructor(directory: string, port: number) {
    this.#url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${join(directory, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    this.#process = spawn(programOf('prometheus'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-10_000);
    });
  }

  /** `data` of an answer of its HTTP API. */
  async ask(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    if (this.#process.exitCode !== null) throw new Error(`Prometheus ended: ${this.#said}`);
    const answer = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
    // @NOTE the envelope of every answer of Prometheus' HTTP API.
    const { status, data, error } = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`${path} ${JSON.stringify(query)}: ${error ?? status}`);
    return data;
  }

  /** Label sets of what an expression gives now. */
  async query(expression: string): Promise<readonly Readonly<Record<string, string>>[]> {
    // @NOTE an instant vector, as all that is asked for here.
    const { result } = (await this.ask('query', { query: expression })) as {
      result: readonly { metric: Readonly<Record<string, string>> }[];
    };
    return result.map(({ metric }) => metric);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await gone;
  }
}
