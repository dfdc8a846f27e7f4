import { DYN, optionalOf, type CelType } from '../cel-type.ts';
import type { CelValue } from './cel-value.ts';

export class Optional {
  readonly celType: CelType = OPTIONAL;
  /** `undefined` for none. */
  readonly value: CelValue | undefined;

  constructor(value?: CelValue) {
    this.value = value;
  }
}

const OPTIONAL = optionalOf(DYN);
