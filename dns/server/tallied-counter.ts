import { Counter, type Registry } from '../../src/component-base/index.ts';

/** Counts without telling anybody until somebody asks. */
export class Tally {
  #count = 0;

  inc(count = 1): void {
    this.#count += count;
  }

  /** What was counted since it was taken last. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}

export interface TalliedCounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  readonly registry: Registry;
}

/** A counter for what happens a hundred thousand times a second. Gives the tally of a combination of labels, to be kept. */
export function createTalliedCounter<Label extends string>(
  options: TalliedCounterOptions<Label>,
): (...labels: string[]) => Tally {
  const { name, help, labelNames, registry } = options;
  const tallies: { readonly tally: Tally; readonly labels: readonly string[] }[] = [];
  const counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      for (const { tally, labels } of tallies) counter.labels(...labels).inc(tally.take());
    },
  });
  return (...labels) => {
    const tally = new Tally();
    tallies.push({ tally, labels });
    return tally;
  };
}
