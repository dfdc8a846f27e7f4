import { forbiddenField, notSupported, required, type FieldError } from '../../apimachinery/index.ts';

/** In the order of the printed list, with their short forms. */
const SHORT_FORMS = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

const MODES = SHORT_FORMS.map(([mode]) => mode);

export function accessModesText(modes: readonly string[] = []): string {
  return SHORT_FORMS.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

export function validateAccessModes(
  field: string,
  modes: readonly string[] = [],
  whenNone?: string,
): readonly FieldError[] {
  if (modes.length === 0) return [required(field, whenNone)];
  const unknown = modes.filter((mode) => !MODES.some((known) => known === mode));
  const isShared = modes.includes('ReadWriteOncePod') && modes.length > 1;
  return [
    ...unknown.map((mode) => notSupported(field, mode, MODES)),
    ...(isShared ? [forbiddenField(field, 'may not use ReadWriteOncePod with other access modes')] : []),
  ];
}
