import { forbiddenField, invalidValue, required, type FieldError } from '../../src/apimachinery/index.ts';
import { broken, nonNegative, oneOf } from '../../src/apis/index.ts';
import type {
  CommandOverrider,
  EnvOverrider,
  ImageOverrider,
  OverridePolicy,
  OverrideRule,
  Overriders,
  PlaintextOverrider,
  TextsOverrider,
} from './override-policy.ts';
import { validateAffinity, validateResourceSelectors } from './selector-validation.ts';

const ALL = ['add', 'remove', 'replace'];
/** What makes an object the one that it is, and what members and the federation know of it. */
const FIXED = /^\/(apiVersion|kind|status|metadata(\/(?!labels(\/|$)|annotations(\/|$)).*)?)?$|^\/status\//;

export function validateOverridePolicy({ metadata, spec }: OverridePolicy): readonly FieldError[] {
  if (spec === undefined) return [required('spec')];
  return [
    ...validateResourceSelectors('spec.resourceSelectors', spec.resourceSelectors, metadata.namespace),
    ...broken([spec.overrideRules.length === 0, required('spec.overrideRules')]),
    ...spec.overrideRules.flatMap((rule, index) => validateRule(`spec.overrideRules[${index}]`, rule)),
  ];
}

function validateRule(path: string, { targetCluster, overriders }: OverrideRule): readonly FieldError[] {
  const at = `${path}.overriders`;
  return [
    ...validateAffinity(`${path}.targetCluster`, targetCluster),
    ...broken([Object.keys(overriders).length === 0, required(at, 'a rule without overriders would change nothing')]),
    ...nonNegative(`${at}.replicas`, overriders.replicas),
    ...each(at, overriders, 'imageOverrider', validateImage),
    ...each(at, overriders, 'commandOverrider', validateCommand),
    ...each(at, overriders, 'argsOverrider', validateCommand),
    ...each(at, overriders, 'envOverrider', validateEnv),
    ...each(at, overriders, 'labelsOverrider', validateTexts),
    ...each(at, overriders, 'annotationsOverrider', validateTexts),
    ...each(at, overriders, 'plaintext', validatePlaintext),
  ];
}

type ListField = Exclude<keyof Overriders, 'replicas'>;

function each<F extends ListField>(
  path: string,
  overriders: Overriders,
  field: F,
  validate: (path: string, item: NonNullable<Overriders[F]>[number]) => readonly FieldError[],
): readonly FieldError[] {
  const items: readonly NonNullable<Overriders[F]>[number][] = overriders[field] ?? [];
  return items.flatMap((item, index) => validate(`${path}.${field}[${index}]`, item));
}

function validateImage(path: string, { component, operator, value = '', predicate }: ImageOverrider) {
  return [
    ...oneOf(`${path}.component`, component, ['Registry', 'Repository', 'Tag']),
    ...oneOf(`${path}.operator`, operator, ALL),
    ...broken(
      [operator !== 'remove' && value === '', required(`${path}.value`)],
      [operator === 'remove' && value !== '', forbiddenField(`${path}.value`, 'nothing is added by `remove`')],
      [
        operator === 'remove' && component === 'Repository',
        invalidValue(`${path}.operator`, operator, 'there is no image without a repository'),
      ],
      [
        predicate !== undefined && !predicate.path.startsWith('/'),
        invalidValue(`${path}.predicate.path`, predicate?.path, 'must be a JSON pointer'),
      ],
    ),
  ];
}

function validateCommand(path: string, { containerName, operator, value = [] }: CommandOverrider) {
  return [
    ...oneOf(`${path}.operator`, operator, ['add', 'remove']),
    ...broken(
      [containerName === '', required(`${path}.containerName`)],
      [value.length === 0, required(`${path}.value`)],
    ),
  ];
}

function validateEnv(path: string, { containerName, operator, value = [] }: EnvOverrider) {
  return [
    ...oneOf(`${path}.operator`, operator, ALL),
    ...broken(
      [containerName === '', required(`${path}.containerName`)],
      [value.length === 0, required(`${path}.value`)],
    ),
    ...value.flatMap(({ name }, index) => broken([name === '', required(`${path}.value[${index}].name`)])),
  ];
}

function validateTexts(path: string, { operator, value = {} }: TextsOverrider) {
  return [
    ...oneOf(`${path}.operator`, operator, ALL),
    ...broken([Object.keys(value).length === 0, required(`${path}.value`)]),
  ];
}

function validatePlaintext(path: string, { path: pointer, operator, value }: PlaintextOverrider) {
  return [
    ...oneOf(`${path}.operator`, operator, ALL),
    ...broken(
      [!pointer.startsWith('/'), invalidValue(`${path}.path`, pointer, 'must be a JSON pointer, such as /spec/paused')],
      [FIXED.test(pointer), invalidValue(`${path}.path`, pointer, 'is the same in every cluster')],
      [
        pointer === '/spec/replicas',
        invalidValue(`${path}.path`, pointer, 'is divided: use `replicas` of the overriders'),
      ],
      [operator !== 'remove' && value === undefined, required(`${path}.value`)],
    ),
  ];
}
