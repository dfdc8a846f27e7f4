import { BTree } from './btree.ts';
import type { Clock } from '../component-base/index.ts';
import { compareKeys } from './keys.ts';

interface Expiry {
  readonly at: number;
  readonly key: string;
}

/** When which key is to go, and one timer for the earliest while somebody holds it armed. */
export class Expiries {
  readonly #clock: Clock;
  readonly #expire: (key: string) => void;
  readonly #ordered = new BTree<Expiry, true>(undefined, (a, b) => a.at - b.at || compareKeys(a.key, b.key));
  readonly #byKey = new Map<string, Expiry>();
  #armed = false;
  #timer: { readonly at: number; cancel(): void } | undefined;

  constructor(clock: Clock, expire: (key: string) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  get(key: string): number | undefined {
    return this.#byKey.get(key)?.at;
  }

  set(key: string, at: number): void {
    this.delete(key);
    const expiry = { at, key };
    this.#byKey.set(key, expiry);
    this.#ordered.set(expiry, true);
    this.#schedule();
  }

  delete(key: string): void {
    const expiry = this.#byKey.get(key);
    if (expiry === undefined) return;
    this.#byKey.delete(key);
    this.#ordered.delete(expiry);
  }

  clear(): void {
    this.#byKey.clear();
    this.#ordered.clear();
    this.#schedule();
  }

  /** Calls `expire` for what is due. Nothing is due twice. */
  sweep(): void {
    const now = this.#clock.now();
    for (let first = this.#ordered.minKey(); first !== undefined && first.at <= now; first = this.#ordered.minKey()) {
      this.delete(first.key);
      this.#expire(first.key);
    }
  }

  /** While armed, `sweep` is called by itself; a timer is pending only then. */
  arm(armed: boolean): void {
    this.#armed = armed;
    this.#schedule();
  }

  #schedule(): void {
    const first = this.#armed ? this.#ordered.minKey() : undefined;
    if (this.#timer?.at === first?.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (first === undefined) return;
    const cancel = this.#clock.after(first.at - this.#clock.now(), () => {
      this.#timer = undefined;
      this.sweep();
      this.#schedule();
    });
    this.#timer = { at: first.at, cancel };
  }
}
