import { formatQuantity, parseQuantity, quantityToNumber, type Quantity } from '../../../src/apimachinery/index.ts';
import type { Container, LimitRangeSpec, PersistentVolumeClaim, Pod } from '../../../src/apis/index.ts';
import { amountsOf, podAmounts, type PodAmounts } from '../../pods/index.ts';

type LimitRangeItem = LimitRangeSpec['limits'][number];

/** How a limit of a namespace names what it is of: `Container`. */
interface Bound {
  readonly type: string;
  readonly name: string;
  readonly enforced: Quantity;
}

/** What of a pod is beyond these limits, in the words of Kubernetes. */
export function podProblems({ spec }: Pod, items: readonly LimitRangeItem[]): readonly string[] {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return items.flatMap((item) => {
    switch (item.type) {
      case 'Container':
        return containers.flatMap((container) => problems(item, containerAmounts(container)));
      case 'Pod':
        return problems(item, podAmounts(spec));
      default:
        return [];
    }
  });
}

export function claimProblems(
  { spec }: Pick<PersistentVolumeClaim, 'spec'>,
  items: readonly LimitRangeItem[],
): readonly string[] {
  const requests = amountsOf(spec?.resources?.requests);
  return items
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) => [
      ...bounds(item, 'min').flatMap((bound) => belowMinimum(bound, { requests, limits: new Map() })),
      ...bounds(item, 'max').flatMap((bound) => requestAboveMaximum(bound, requests)),
    ]);
}

function containerAmounts({ resources }: Container): PodAmounts {
  return { requests: amountsOf(resources?.requests), limits: amountsOf(resources?.limits) };
}

function problems(item: LimitRangeItem, amounts: PodAmounts): readonly string[] {
  return [
    ...bounds(item, 'min').flatMap((bound) => belowMinimum(bound, amounts)),
    ...bounds(item, 'max').flatMap((bound) => aboveMaximum(bound, amounts)),
    ...bounds(item, 'maxLimitRequestRatio').flatMap((bound) => aboveRatio(bound, amounts)),
  ];
}

function bounds(item: LimitRangeItem, which: 'min' | 'max' | 'maxLimitRequestRatio'): readonly Bound[] {
  return Object.entries(item[which] ?? {}).map(([name, text]) => ({
    type: item.type,
    name,
    enforced: parseQuantity(text),
  }));
}

function belowMinimum({ type, name, enforced }: Bound, { requests, limits }: PodAmounts): readonly string[] {
  const text = `minimum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  const [request, limit] = [requests.get(name), limits.get(name)];
  if (request === undefined) return [`${text}.  No request is specified`];
  if (request.nanos < enforced.nanos) return [`${text}, but request is ${formatQuantity(request)}`];
  if (limit === undefined || limit.nanos >= enforced.nanos) return [];
  return [`${text}, but limit is ${formatQuantity(limit)}`];
}

function aboveMaximum(bound: Bound, { requests, limits }: PodAmounts): readonly string[] {
  const { type, name, enforced } = bound;
  const text = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  const limit = limits.get(name);
  if (limit === undefined) return [`${text}.  No limit is specified`];
  if (limit.nanos > enforced.nanos) return [`${text}, but limit is ${formatQuantity(limit)}`];
  return requests.has(name) ? requestAboveMaximum(bound, requests) : [];
}

function requestAboveMaximum({ type, name, enforced }: Bound, requests: PodAmounts['requests']): readonly string[] {
  const text = `maximum ${name} usage per ${type} is ${formatQuantity(enforced)}`;
  const request = requests.get(name);
  if (request === undefined) return [`${text}.  No request is specified`];
  return request.nanos > enforced.nanos ? [`${text}, but request is ${formatQuantity(request)}`] : [];
}

function aboveRatio({ type, name, enforced }: Bound, { requests, limits }: PodAmounts): readonly string[] {
  const text = `${name} max limit to request ratio per ${type} is ${formatQuantity(enforced)}`;
  const [request, limit] = [requests.get(name), limits.get(name)];
  if (request === undefined || request.nanos === 0n) return [`${text}, but no request is specified or request is 0`];
  if (limit === undefined || limit.nanos === 0n) return [`${text}, but no limit is specified or limit is 0`];
  const ratio = quantityToNumber(limit) / quantityToNumber(request);
  return ratio > quantityToNumber(enforced) ? [`${text}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}
