/** All of a zone, or of a name in it, and how many requests it took. */
export interface Pages<Item> {
  readonly items: readonly Item[];
  readonly pages: number;
}

export interface Reader<Item> {
  readonly all: (signal: AbortSignal) => Promise<Pages<Item>>;
  readonly ofName: (name: string, signal: AbortSignal) => Promise<Pages<Item>>;
}

/** Until a zone was read once, nobody knows how large it is. */
const PAGES_UNKNOWN = 3;

/** Reads names one by one, or the whole zone where that takes no more requests. */
export function readNames<Item>({ all, ofName }: Reader<Item>) {
  let pagesOfZone = PAGES_UNKNOWN;
  return async (names: readonly string[] | undefined, signal: AbortSignal): Promise<readonly Item[]> => {
    if (names === undefined || names.length >= pagesOfZone) {
      const { items, pages } = await all(signal);
      pagesOfZone = pages;
      return items;
    }
    const items: Item[] = [];
    for (const name of names) items.push(...(await ofName(name, signal)).items);
    return items;
  };
}
