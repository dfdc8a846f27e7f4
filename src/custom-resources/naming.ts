import { findCondition, setCondition } from '../apimachinery/index.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../apis/index.ts';

type Status = NonNullable<CustomResourceDefinition['status']>;
type Conditions = NonNullable<Status['conditions']>;

interface Verdict {
  readonly names: CustomResourceDefinitionNames;
  /** Absent: nothing else is called so. */
  readonly conflict?: { readonly reason: string; readonly message: string };
}

/** The status of a definition whose names were weighed against those that `others` of its group have been granted. */
export function withNamesJudged(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: number,
): Status {
  const { names, conflict } = judge(definition, others);
  const isAccepted = conflict === undefined;
  const accepted = isAccepted
    ? { type: 'NamesAccepted', status: 'True' as const, reason: 'NoConflicts', message: 'no conflicts found' }
    : { type: 'NamesAccepted', status: 'False' as const, ...conflict };
  const before = definition.status?.conditions ?? [];
  const conditions = setCondition(before, accepted, now);
  return {
    ...definition.status,
    acceptedNames: names,
    conditions: setCondition(conditions, establishedBefore(conditions, isAccepted), now),
  };
}

export function withEstablished(definition: CustomResourceDefinition, now: number): Status {
  const condition = {
    type: 'Established',
    status: 'True',
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  } as const;
  return { ...definition.status, conditions: setCondition(definition.status?.conditions, condition, now) };
}

/** What once was established stays so, whatever happens to its names. */
function establishedBefore(conditions: Conditions, isAccepted: boolean) {
  const present = findCondition(conditions, 'Established');
  if (present?.status === 'True') {
    const { reason = '', message = '' } = present;
    return { type: 'Established', status: 'True' as const, reason, message };
  }
  return isAccepted
    ? {
        type: 'Established',
        status: 'False' as const,
        reason: 'Installing',
        message: 'the initial names have been accepted',
      }
    : { type: 'Established', status: 'False' as const, reason: 'NotAccepted', message: 'not all names are accepted' };
}

const NO_NAMES: CustomResourceDefinitionNames = { plural: '', kind: '' };

/** Each name is granted for itself; what is already one's own stays so. */
function judge(definition: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): Verdict {
  const wanted = definition.spec.names;
  const own = definition.status?.acceptedNames ?? NO_NAMES;
  const used = others.map(({ status }) => status?.acceptedNames ?? NO_NAMES);
  const resources = new Set(
    used.flatMap(({ plural, singular = '', shortNames = [] }) => [plural, singular, ...shortNames]),
  );
  const kinds = new Set(used.flatMap(({ kind, listKind = '' }) => [kind, listKind]));
  let conflict: Verdict['conflict'];
  const grant = (reason: string, name: string, granted: string, taken: ReadonlySet<string>): string => {
    if (name === granted || name === '' || !taken.has(name)) return name;
    conflict = { reason, message: inUse(name) };
    return granted;
  };
  const plural = grant('PluralConflict', wanted.plural, own.plural, resources);
  const singular = grant('SingularConflict', wanted.singular ?? '', own.singular ?? '', resources);
  const short = grantShortNames(wanted.shortNames ?? [], own.shortNames ?? [], resources);
  if (short.conflict !== undefined) conflict = short.conflict;
  const kind = grant('KindConflict', wanted.kind, own.kind, kinds);
  const listKind = grant('ListKindConflict', wanted.listKind ?? '', own.listKind ?? '', kinds);
  const { categories = [] } = wanted;
  const names = {
    plural,
    singular,
    ...listed('shortNames', short.names),
    kind,
    listKind,
    ...listed('categories', categories),
  };
  return conflict === undefined ? { names } : { names, conflict };
}

function listed(field: 'shortNames' | 'categories', names: readonly string[]) {
  return names.length === 0 ? {} : { [field]: names };
}

function grantShortNames(wanted: readonly string[], own: readonly string[], taken: ReadonlySet<string>) {
  const refused = wanted.filter((name) => !own.includes(name) && taken.has(name));
  if (refused.length === 0) return { names: wanted };
  const texts = refused.map(inUse);
  const message = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
  return { names: own, conflict: { reason: 'ShortNamesConflict', message } };
}

const inUse = (name: string) => `${JSON.stringify(name)} is already in use`;
