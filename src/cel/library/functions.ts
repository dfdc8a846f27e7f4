import { AUTHORIZATION } from './authorization.ts';
import { CIDRS } from './cidr.ts';
import { CONVERSIONS } from './conversions.ts';
import { NAMED_FORMATS } from './formats.ts';
import { FunctionTable } from './function-table.ts';
import { IPS } from './ip.ts';
import { JSON_PATCHES } from './json-patches.ts';
import { LISTS } from './lists.ts';
import { MATHS } from './maths.ts';
import { OPERATORS } from './operators.ts';
import { OPTIONALS } from './optionals.ts';
import { QUANTITIES } from './quantities.ts';
import { REGEXES } from './regex.ts';
import { SEMVERS } from './semver.ts';
import { SETS } from './sets.ts';
import { STRINGS } from './strings.ts';
import { TIMES } from './times.ts';
import { URLS } from './url.ts';

/** All that expressions may call, wherever they are used. */
export const FUNCTIONS = new FunctionTable([
  ...OPERATORS,
  ...CONVERSIONS,
  ...STRINGS,
  ...LISTS,
  ...TIMES,
  ...OPTIONALS,
  ...REGEXES,
  ...SETS,
  ...MATHS,
  ...URLS,
  ...IPS,
  ...CIDRS,
  ...QUANTITIES,
  ...SEMVERS,
  ...NAMED_FORMATS,
  ...AUTHORIZATION,
  ...JSON_PATCHES,
]);
