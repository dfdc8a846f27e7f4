import { describe, expect, it } from 'vitest';
import type { LimitRange, LimitRangeItem, ResourceQuota, ResourceQuotaSpec } from '../generated/wire-types.ts';
import { limitRanges } from './limit-range.ts';
import { resourceQuotas } from './resource-quota.ts';

const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const range = (...limits: readonly LimitRangeItem[]): LimitRange => {
  const object: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'a' }, spec: { limits } };
  return limitRanges.strategy.defaults?.(object) ?? object;
};

describe('LimitRange', () => {
  it('limits containers to the most, and lets them ask for their limit', () => {
    const [item] = range({ type: 'Container', max: { cpu: '2000m' }, min: { memory: '1Mi' } }).spec?.limits ?? [];
    expect(item).toEqual({
      type: 'Container',
      max: { cpu: '2' },
      min: { memory: '1Mi' },
      default: { cpu: '2' },
      defaultRequest: { cpu: '2', memory: '1Mi' },
    });
  });

  it.each<[string, readonly LimitRangeItem[], readonly string[]]>([
    ['all is well', [{ type: 'Container', max: { cpu: '2' } }], []],
    [
      'an unknown type',
      [{ type: 'Node' }],
      ['spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified'],
    ],
    ['a type twice', [{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
    [
      'a default for pods',
      [{ type: 'Pod', default: { cpu: '1' } }],
      ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    ],
    [
      'a claim of no size',
      [{ type: 'PersistentVolumeClaim' }],
      [
        'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
      ],
    ],
    [
      'the least above the most',
      [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }],
      ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    ],
    [
      'a default above the most',
      [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '2' }, defaultRequest: { cpu: '1' } }],
      ['spec.limits[0].default[cpu]: Invalid value: "2": default value 2 is greater than max value 1'],
    ],
    [
      'a ratio below one',
      [{ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }],
      ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ],
  ])('validates %s', (_name, limits, expected) => {
    expect(texts(limitRanges.strategy.validate?.(range(...limits)))).toEqual(expected);
  });
});

const quota = (spec: ResourceQuotaSpec): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'a', namespace: 'x' },
  spec,
});

describe('ResourceQuota', () => {
  it.each<[string, ResourceQuotaSpec, readonly string[]]>([
    ['all is well', { hard: { pods: '4', 'limits.cpu': '2', 'count/jobs.batch': '3' } }, []],
    [
      'what is no resource',
      { hard: { 'a.b': '1' } },
      ['spec.hard[a.b]: Invalid value: "a.b": must be a standard resource for quota'],
    ],
    ['half a pod', { hard: { pods: '500m' } }, ['spec.hard[pods]: Invalid value: "500m": must be an integer']],
    [
      'less than nothing',
      { hard: { cpu: '-1' } },
      ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    ['a scope', { scopes: ['Here'] }, ['spec.scopes: Invalid value: ["Here"]: unsupported scope']],
    [
      'opposites',
      { scopes: ['BestEffort', 'NotBestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      'a resource that the scope does not count',
      { hard: { cpu: '1' }, scopes: ['BestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      'a selector of no value',
      { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      [
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      ],
    ],
  ])('validates %s', (_name, spec, expected) => {
    expect(texts(resourceQuotas.strategy.validate?.(quota(spec)))).toEqual(expected);
  });

  it('keeps its scopes', () => {
    const update = resourceQuotas.strategy.validateUpdate?.(quota({ scopes: ['BestEffort'] }), quota({}));
    expect(texts(update)).toEqual(['spec.scopes: Invalid value: ["BestEffort"]: field is immutable']);
  });

  it('shows requests apart from limits', () => {
    const used = {
      ...quota({}),
      status: { hard: { pods: '4', 'limits.cpu': '2', cpu: '1' }, used: { pods: '3' } },
    };
    expect(resourceQuotas.columns?.slice(1, 3).map((column) => column.value(used, 0))).toEqual([
      'cpu: 0/1, pods: 3/4',
      'limits.cpu: 0/2',
    ]);
  });
});
