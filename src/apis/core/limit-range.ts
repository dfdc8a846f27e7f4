import type { ResourceDefinition } from '../../apiserver/index.ts';
import { createdAtColumn, nameColumn } from '../columns.ts';
import type { LimitRange, LimitRangeItem, LimitRangeSpec } from '../generated/wire-types.ts';
import { validateLimitRange } from './limit-range-validation.ts';
import { canonicalAmounts } from './quantities.ts';

export const limitRanges: ResourceDefinition<LimitRange> = {
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  shortNames: ['limits'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.LimitRange',
  strategy: { createOnUpdate: true, defaults, validate: validateLimitRange },
  columns: [nameColumn, createdAtColumn],
};

const AMOUNTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function defaults(object: LimitRange): LimitRange {
  const { spec } = object;
  if (spec === undefined) return object;
  return { ...object, spec: { ...spec, limits: limitsOf(spec).map(itemDefaults) } };
}

/** They may be left out of what a client sends. */
function limitsOf({ limits = [] }: Partial<LimitRangeSpec>): readonly LimitRangeItem[] {
  return limits;
}

/** A container is limited to the most it may be, and asks for its limit, else for the least. */
function itemDefaults(sent: LimitRangeItem): LimitRangeItem {
  const amounts = AMOUNTS.flatMap((name) => {
    const value = sent[name];
    return value === undefined ? [] : [[name, canonicalAmounts(value)] as const];
  });
  const item = { ...sent, ...Object.fromEntries(amounts) };
  if (item.type !== 'Container') return item;
  const limit = { ...item.max, ...item.default };
  const request = { ...item.min, ...limit, ...item.defaultRequest };
  return {
    ...item,
    ...(Object.keys(limit).length === 0 ? {} : { default: limit }),
    ...(Object.keys(request).length === 0 ? {} : { defaultRequest: request }),
  };
}
