import type { Held } from '../remote/held.ts';
import { mapInTurns } from '../remote/map-in-turns.ts';
import { toldSet } from '../remote/told-set.ts';
import type { ToldRecord } from './dns-message.ts';

/** RRSIG, NSEC and NSEC3: the server's own, beside any other type. */
const OF_SIGNING: ReadonlySet<string> = new Set(['TYPE46', 'TYPE47', 'TYPE50']);

interface Gathered {
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly data: string[];
}

/** Sets from records in any order, some of which may be told twice. */
export class HeldSets {
  readonly #sets = new Map<string, Gathered>();

  add({ name, type, ttlSeconds, item }: ToldRecord): void {
    if (OF_SIGNING.has(type)) return;
    const key = `${type} ${name}`;
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, { name, type, ttlSeconds, data: [item] });
    else set.data.push(item);
  }

  /** All of them; nothing is left. */
  async take(): Promise<Held<undefined>[]> {
    return mapInTurns(this.#sets, ([key, set]) => {
      this.#sets.delete(key);
      return { name: set.name, type: set.type, is: toldSet(set), raw: undefined };
    });
  }
}
