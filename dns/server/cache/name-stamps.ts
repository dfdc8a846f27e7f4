/** Names share a stamp where there are more of them: then an answer is made anew that need not have been. */
const STAMPS = 1 << 16;

/** When names last changed: an answer is as good as when it was made while the stamps of its names are the same. */
export class NameStamps {
  readonly #stamps = new Uint32Array(STAMPS);
  #era = 0;

  /** Another after changes that concern all answers. */
  get era(): number {
    return this.#era;
  }

  touch(names: readonly string[] | 'all'): void {
    if (names === 'all') {
      this.#era++;
      return;
    }
    for (const name of names) {
      const slot = slotOf(name);
      this.#stamps[slot] = (this.#stamps[slot] ?? 0) + 1;
    }
  }

  /** Where the stamps of these names are, for `sum`. */
  slots(names: readonly string[]): number[] {
    return names.map(slotOf);
  }

  /** Of the slots that stand there. Stamps only grow: their sum is the same only where each of them is. */
  sum(slots: Uint32Array, from: number, to: number): number {
    let sum = 0;
    for (let at = from; at < to; at++) sum += this.#stamps[slots[at] ?? 0] ?? 0;
    return sum;
  }
}

function slotOf(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
  return (hash ^ (hash >>> 16)) & (STAMPS - 1);
}
