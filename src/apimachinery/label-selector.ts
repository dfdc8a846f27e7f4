import { parseRequirements, type LabelOperator, type LabelRequirement } from './label-selector-parser.ts';

/** All must hold; an empty one matches everything. */
export type Selector = readonly LabelRequirement[];

/** `meta/v1 LabelSelector`. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export type Labels = Readonly<Record<string, string>>;

/** Matches no object at all. */
export const matchesNothing: Selector = [{ key: '', operator: 'in', values: [] }];

/** Reads `a=b,c in (d,e),!f`. Throws an `Error` worded as Kubernetes' when the text is not a selector. */
export function parseLabelSelector(text: string): Selector {
  return text === '' ? [] : parseRequirements(text);
}

/** As Kubernetes reads a LabelSelector object: an absent one matches nothing, an empty one everything. */
export function labelSelectorOf(selector: LabelSelector | null | undefined): Selector {
  if (selector === undefined || selector === null) return matchesNothing;

  const expressions = (selector.matchExpressions ?? []).map((expression) => ({
    key: expression.key,
    operator: operatorOf(expression.operator),
    values: expression.values ?? [],
  }));
  return [...selectorOfLabels(selector.matchLabels), ...expressions];
}

/** The selector of a Service: a plain map, all of which must be there. */
export function selectorOfLabels(labels: Labels | undefined): Selector {
  return Object.entries(labels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, operator: '=', values: [value] }));
}

export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  return selector.every((requirement) => holds(requirement, valueOf(labels, requirement.key)));
}

/** The string form, which `parseLabelSelector` reads again. */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(',');
}

function valueOf(labels: Labels | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case '=':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
      return compareIntegers(value, values[0]) > 0;
    case '<':
      return compareIntegers(value, values[0]) < 0;
  }
}

/** NaN, which is neither more nor less, unless both are whole numbers. */
function compareIntegers(left: string | undefined, right: string | undefined): number {
  const integer = /^[+-]?\d+$/;
  if (left === undefined || right === undefined || !integer.test(left) || !integer.test(right)) return NaN;
  return Number(left) - Number(right);
}

function operatorOf(name: string): LabelOperator {
  switch (name) {
    case 'In':
      return 'in';
    case 'NotIn':
      return 'notin';
    case 'Exists':
      return 'exists';
    case 'DoesNotExist':
      return '!';
    default:
      throw new Error(`${JSON.stringify(name)} is not a valid label selector operator`);
  }
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}
