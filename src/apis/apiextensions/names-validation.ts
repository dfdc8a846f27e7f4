import { invalidValue, required, rfc1035LabelProblems, type FieldError } from '../../apimachinery/index.ts';
import type { CustomResourceDefinitionNames } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

type Names = Sent<CustomResourceDefinitionNames>;

export function validateRequiredNames(field: string, names: Names): readonly FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const).flatMap((name) =>
    (names[name] ?? '') === '' ? [required(`${field}.${name}`)] : [],
  );
}

/** Of names that are there, as those of a status may be missing. */
export function validateNames(field: string, names: Names): readonly FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  return [
    ...(plural === '' ? [] : joinedLabelErrors(`${field}.plural`, plural)),
    ...(singular === '' ? [] : joinedLabelErrors(`${field}.singular`, singular)),
    ...kindErrors(`${field}.kind`, kind),
    ...kindErrors(`${field}.listKind`, listKind),
    ...shortNames.flatMap((name, index) => joinedLabelErrors(`${field}.shortNames[${index}]`, name)),
    ...(kind !== '' && kind === listKind
      ? [invalidValue(`${field}.listKind`, listKind, 'kind and listKind may not be the same')]
      : []),
    ...categories.flatMap((name, index) => joinedLabelErrors(`${field}.categories[${index}]`, name)),
  ];
}

/** All that is wrong with a label as one error. */
export function joinedLabelErrors(field: string, label: string): readonly FieldError[] {
  const problems = rfc1035LabelProblems(label);
  return problems.length === 0 ? [] : [invalidValue(field, label, problems.join(','))];
}

function kindErrors(field: string, kind: string): readonly FieldError[] {
  const problems = kind === '' ? [] : rfc1035LabelProblems(kind.toLowerCase());
  if (problems.length === 0) return [];
  return [invalidValue(field, kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`)];
}
