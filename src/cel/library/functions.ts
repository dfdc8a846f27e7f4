import { CONVERSIONS } from './conversions.ts';
import { FunctionTable } from './function-table.ts';
import { OPERATORS } from './operators.ts';
import { OPTIONALS } from './optionals.ts';
import { regexLibrary } from './regex.ts';
import { STRINGS } from './strings.ts';

/** All that expressions may call, wherever they are used. */
export const FUNCTIONS = new FunctionTable([...OPERATORS, ...CONVERSIONS, ...STRINGS, ...OPTIONALS, ...regexLibrary()]);
