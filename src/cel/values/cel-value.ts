import type { CelType } from '../cel-type.ts';

/** `int` is a bigint and `double` a number; null, bool and string are themselves. */
export type CelValue = null | boolean | string | bigint | number | Uint8Array | CelInstance;

/** Every other value is an instance of a class with this brand. */
export interface CelInstance {
  readonly celType: CelType;
}
