import type { Overload } from './overload.ts';

/** Overloads by the name of their function. */
export class FunctionTable {
  readonly #byName = new Map<string, Overload[]>();

  constructor(overloads: Iterable<Overload>) {
    for (const overload of overloads) {
      const known = this.#byName.get(overload.name);
      if (known === undefined) this.#byName.set(overload.name, [overload]);
      else known.push(overload);
    }
  }

  candidates(name: string): readonly Overload[] {
    return this.#byName.get(name) ?? [];
  }
}
