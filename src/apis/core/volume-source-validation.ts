import { invalidValue, required, type FieldError } from '../../apimachinery/index.ts';

export const HOST_PATH_TYPES = [
  '',
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
];

/** The fields that are missing from the sources that are there. */
export function requiredFields<S extends object>(
  field: string,
  sources: S,
  needed: Readonly<Partial<Record<keyof S & string, readonly string[]>>>,
): readonly FieldError[] {
  const entries: readonly (readonly [string, unknown])[] = Object.entries(sources);
  return entries.flatMap(([name, source]) => {
    if (typeof source !== 'object' || source === null) return [];
    const given = new Map<string, unknown>(Object.entries(source));
    // @NOTE A source of another name has no entry, which the type of the look-up allows for.
    return (needed[name as keyof S & string] ?? [])
      .filter((each) => isNothing(given.get(each)))
      .map((each) => required(`${field}.${name}.${each}`));
  });
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

export function backstepErrors(field: string, path: string | undefined): readonly FieldError[] {
  return path?.split('/').includes('..') === true ? [invalidValue(field, path, "must not contain '..'")] : [];
}

/** A path below the volume that stays there. */
export function localPathErrors(field: string, path: string): readonly FieldError[] {
  if (path.startsWith('/')) return [invalidValue(field, path, 'must be a relative path')];
  return backstepErrors(field, path);
}

export function fileModeErrors(field: string, mode: number | undefined): readonly FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalidValue(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** The rules of something that may be left out. */
export function whenGiven<T>(value: T | undefined, check: (value: T) => readonly FieldError[]): readonly FieldError[] {
  return value === undefined ? [] : check(value);
}
