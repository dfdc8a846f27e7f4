import { BOOL, BYTES, DOUBLE, INT, NULL, STRING, type CelType } from '../cel-type.ts';
import type { CelValue } from './cel-value.ts';

export function typeOfValue(value: CelValue): CelType {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOL;
    default:
      if (value === null) return NULL;
      return value instanceof Uint8Array ? BYTES : value.celType;
  }
}
