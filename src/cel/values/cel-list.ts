import { DYN, type CelListType, type CelType } from '../cel-type.ts';
import type { CelValue } from './cel-value.ts';

/** A list whose elements are made when they are read. */
export class CelList {
  readonly celType: CelType;
  readonly size: number;
  /** Other than an atomic list: equal in any order, merged by `+`. */
  readonly semantics: CelListType | undefined;
  readonly #at: (index: number) => CelValue;

  constructor(size: number, at: (index: number) => CelValue, type: CelListType = LIST_OF_ANYTHING) {
    this.size = size;
    this.#at = at;
    this.celType = type;
    this.semantics = type.listType === 'set' || type.listType === 'map' ? type : undefined;
  }

  static of(values: readonly CelValue[], type?: CelListType): CelList {
    return new CelList(values.length, (index) => values[index] ?? null, type);
  }

  /** `index` is below `size`. */
  at(index: number): CelValue {
    return this.#at(index);
  }

  toArray(): readonly CelValue[] {
    return Array.from({ length: this.size }, (_, index) => this.#at(index));
  }
}

const LIST_OF_ANYTHING: CelListType = { kind: 'list', items: DYN };
