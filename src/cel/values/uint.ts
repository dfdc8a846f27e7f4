import { UINT, type CelType } from '../cel-type.ts';

/** An unsigned 64-bit integer: a bigint is an `int`. */
export class Uint {
  readonly celType: CelType = UINT;
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}
