import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** For the paths of JSON patches (RFC 6901). */
export const JSON_PATCHES: readonly Overload[] = [
  overload(
    'jsonpatch.escapeKey',
    '(string): string',
    ([key]) => receive.string(key).replaceAll('~', '~0').replaceAll('/', '~1'),
    { cost: ([size = 0]) => traversal(size), resultSize: ([size]) => ({ min: 0, max: (size?.max ?? 0) * 2 }) },
  ),
];
