import {
  duplicate,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { broken, invalidBy } from '../field-rules.ts';
import type { LimitRange, LimitRangeItem } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { isMore, quantityProblems } from './quantities.ts';
import { isContainerResource, isOvercommittable } from './resource-names.ts';

type Item = Sent<LimitRangeItem>;

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const BOUNDS = ['max', 'min'] as const;
const DEFAULTS = ['default', 'defaultRequest'] as const;
const ONE = '1';

export function validateLimitRange(object: LimitRange): readonly FieldError[] {
  const items = sent(object).spec?.limits ?? [];
  const types = items.map(({ type = '' }) => type);
  return items.flatMap((item, index) => {
    const field = `spec.limits[${index}]`;
    const { type = '' } = item;
    return [
      ...validateType(`${field}.type`, type),
      ...(types.indexOf(type) < index ? [duplicate(`${field}.type`, type)] : []),
      ...[...BOUNDS, ...DEFAULTS, 'maxLimitRequestRatio' as const].flatMap((name) =>
        validateAmounts(`${field}.${name}`, type, item[name]),
      ),
      ...ofType(field, item),
      ...namesOf(item).flatMap((name) => validateOrder(field, item, name)),
    ];
  });
}

function validateType(field: string, type: string): readonly FieldError[] {
  const problems = invalidBy(field, type, labelKeyProblems(type));
  if (problems.length > 0 || type.includes('/') || TYPES.includes(type)) return problems;
  return [invalidValue(field, type, 'must be a standard limit type or fully qualified')];
}

function validateAmounts(field: string, type: string, amounts: Item['max']): readonly FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, text = '']) => {
    const where = `${field}[${name}]`;
    const problems = invalidBy(where, name, labelKeyProblems(name));
    const isForeign = (type === 'Pod' || type === 'Container') && !isContainerResource(name);
    return [
      ...(problems.length === 0 && isForeign
        ? [invalidValue(where, name, 'must be a standard resource for containers')]
        : problems),
      ...quantityProblems(where, text),
    ];
  });
}

function ofType(field: string, item: Item): readonly FieldError[] {
  if (item.type === 'Pod') {
    return DEFAULTS.filter((name) => Object.keys(item[name] ?? {}).length > 0).map((name) =>
      forbiddenField(`${field}.${name}`, "may not be specified when `type` is 'Pod'"),
    );
  }
  if (item.type !== 'PersistentVolumeClaim') return [];
  const isBound = BOUNDS.some((name) => item[name]?.['storage'] !== undefined);
  const why = 'either minimum or maximum storage value is required, but neither was provided';
  return isBound ? [] : [required(`${field}.limits`, why)];
}

function namesOf({ max, min, default: limit, defaultRequest, maxLimitRequestRatio }: Item): readonly string[] {
  return Object.keys({ ...max, ...min, ...limit, ...defaultRequest, ...maxLimitRequestRatio });
}

/** The least, what is asked for, the limit and the most come in this order. */
function validateOrder(field: string, item: Item, name: string): readonly FieldError[] {
  const [min, max] = [item.min?.[name], item.max?.[name]];
  const [limit, request, ratio] = [
    item.default?.[name],
    item.defaultRequest?.[name],
    item.maxLimitRequestRatio?.[name],
  ];
  const at = (part: string) => `${field}.${part}[${name}]`;
  const below = (
    part: string,
    of: readonly [string, string | undefined],
    than: readonly [string, string | undefined],
  ) =>
    [
      isMore(of[1], than[1]),
      invalidValue(
        at(part),
        part === 'default' ? of[1] : part === 'min' ? min : request,
        `${of[0]} value ${of[1] ?? ''} is greater than ${than[0]} value ${than[1] ?? ''}`,
      ),
    ] as const;
  return broken(
    below('min', ['min', min], ['max', max]),
    below('defaultRequest', ['min', min], ['default request', request]),
    below('defaultRequest', ['default request', request], ['max', max]),
    below('defaultRequest', ['default request', request], ['default limit', limit]),
    below('default', ['min', min], ['default', limit]),
    below('default', ['default', limit], ['max', max]),
    [isMore(ONE, ratio), invalidValue(at('maxLimitRequestRatio'), ratio, `ratio ${ratio ?? ''} is less than 1`)],
    [
      !isOvercommittable(name) && limit !== undefined && request !== undefined && limit !== request,
      invalidValue(
        at('defaultRequest'),
        request,
        `default value ${limit ?? ''} must equal to defaultRequest value ${request ?? ''} in ${name}`,
      ),
    ],
  );
}
