import type { ContainerLogEntry, ContainerLogOptions } from './container-runtime.ts';

const KEPT_LINES = 500;

/** The last lines of a container's output, for those who read them now and those who go on reading. */
export class ContainerLog {
  #entries: ContainerLogEntry[] = [];
  /** How many lines there were before the first one kept. */
  #dropped = 0;
  #ended = false;
  #change: PromiseWithResolvers<undefined> | undefined;

  write(entry: ContainerLogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length >= 2 * KEPT_LINES) {
      this.#entries = this.#entries.slice(-KEPT_LINES);
      this.#dropped += KEPT_LINES;
    }
    this.#wake();
  }

  /** Nothing more is to come. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *read({ follow = false, tailLines = KEPT_LINES, since = 0, signal }: ContainerLogOptions) {
    const stopped = () => signal.aborted;
    const onAbort = () => {
      this.#wake();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (let next = this.#end() - tailLines; !stopped();) {
        next = Math.max(next, this.#first());
        const entry = this.#entries[next - this.#dropped];
        if (entry !== undefined) {
          next++;
          if (entry.at >= since) yield entry;
        } else if (!follow || this.#ended) return;
        else {
          this.#change ??= Promise.withResolvers();
          await this.#change.promise;
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #end(): number {
    return this.#dropped + this.#entries.length;
  }

  #first(): number {
    return this.#dropped + Math.max(0, this.#entries.length - KEPT_LINES);
  }

  #wake(): void {
    this.#change?.resolve(undefined);
    this.#change = undefined;
  }
}
