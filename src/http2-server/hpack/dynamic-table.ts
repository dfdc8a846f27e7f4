/** Bytes as Latin-1. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** What an entry is counted for beside its text: RFC 7541 §4.1. */
export const ENTRY_BYTES = 32;

export function fieldBytes({ name, value }: HeaderField): number {
  return name.length + value.length + ENTRY_BYTES;
}

/** The fields that the other end sent last, the latest first: RFC 7541 §2.3.2. */
export class DynamicTable {
  /** The oldest first, from `#first` on. */
  #fields: HeaderField[] = [];
  #first = 0;
  #bytes = 0;
  #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `index` 0 is the latest. */
  at(index: number): HeaderField | undefined {
    const place = this.#fields.length - 1 - index;
    return place < this.#first ? undefined : this.#fields[place];
  }

  add(field: HeaderField): void {
    const bytes = fieldBytes(field);
    this.#evict(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#fields.push(field);
    this.#bytes += bytes;
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  #evict(until: number): void {
    while (this.#bytes > Math.max(0, until)) {
      const oldest = this.#fields[this.#first];
      if (oldest === undefined) break;
      this.#first += 1;
      this.#bytes -= fieldBytes(oldest);
    }
    // Once in a while, so that what went costs nothing each time.
    if (this.#first < 32 && this.#first < this.#fields.length) return;
    this.#fields = this.#fields.slice(this.#first);
    this.#first = 0;
  }
}
