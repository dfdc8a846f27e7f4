import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** By `<component> <host>:<port>`, the component `hub` for a federation. */
export type Routes = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The network between the processes of a fleet: straight, but for lines that a test has taken into its hands. */
export class Network implements AsyncDisposable {
  readonly #file: string;
  readonly #lines = new Map<string, TcpProxy>();

  constructor(directory: string) {
    this.#file = join(directory, 'routes.json');
    this.#write();
  }

  /** For the processes: those that they start have them too. */
  get variables(): Readonly<Record<string, string>> {
    return {
      NODE_OPTIONS: `--import=${new URL('rerouted-process.ts', import.meta.url).href}`,
      KOINON_TEST_ROUTES: this.#file,
    };
  }

  /** The line by which a component reaches a place; its connections of before break. */
  async line(from: string, to: Place): Promise<TcpProxy> {
    const way = `${from} ${to.host}:${to.port}`;
    const present = this.#lines.get(way);
    if (present !== undefined) return present;
    const proxy = await startTcpProxy(to);
    this.#lines.set(way, proxy);
    this.#write();
    return proxy;
  }

  /** All straight again. */
  async mend(): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    this.#write();
    for (const line of lines) await line[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.mend();
  }

  #write(): void {
    const routes: Routes = Object.fromEntries(
      [...this.#lines].map(([way, { host, port }]) => [way, { host, port }] as const),
    );
    // Never half of it.
    writeFileSync(`${this.#file}.new`, JSON.stringify(routes));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
