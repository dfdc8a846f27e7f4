import { parseQuantity, type Quantity } from '../../src/apimachinery/index.ts';
import type { Container, PodSpec } from '../../src/apis/index.ts';

/** Exact, each as it was written. */
export type QuantityMap = ReadonlyMap<string, Quantity>;

export interface PodAmounts {
  readonly requests: QuantityMap;
  readonly limits: QuantityMap;
}

/** Quantities of an object that was validated. */
export function amountsOf(texts: Readonly<Record<string, string>> = {}): QuantityMap {
  return new Map(Object.entries(texts).map(([name, text]) => [name, parseQuantity(text)]));
}

/**
 * What a pod asks for and may use at most, as quotas and limits count it: its containers and sidecars together, or
 * more where an init container takes more beside the sidecars started before it; plus the overhead of its runtime,
 * for limits where there is any. What is said of the whole pod comes before that.
 */
export function podAmounts(spec: PodSpec | undefined): PodAmounts {
  const overhead = amountsOf(spec?.overhead);
  const limits = totalOf(spec, 'limits');
  const limited = new Map([...overhead].filter(([name]) => limits.has(name)));
  return { requests: sumOf([totalOf(spec, 'requests'), overhead]), limits: sumOf([limits, limited]) };
}

/** Names of either; a sum is written as its first part that is not zero. */
export function sumOf(parts: readonly QuantityMap[]): QuantityMap {
  const total = new Map<string, Quantity>();
  for (const part of parts) {
    for (const [name, amount] of part) {
      const { nanos, format } = total.get(name) ?? { nanos: 0n, format: amount.format };
      total.set(name, { nanos: nanos + amount.nanos, format: nanos === 0n ? amount.format : format });
    }
  }
  return total;
}

function totalOf(spec: PodSpec | undefined, which: 'requests' | 'limits'): QuantityMap {
  const amounts = ({ resources }: Container) => amountsOf(resources?.[which]);
  const sidecars: QuantityMap[] = [];
  let init: QuantityMap = new Map();
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars.push(amounts(container));
    else init = greater(init, sumOf([amounts(container), ...sidecars]));
  }
  const running = sumOf([...(spec?.containers ?? []).map(amounts), ...sidecars]);
  return new Map([...greater(running, init), ...amountsOf(spec?.resources?.[which])]);
}

function greater(a: QuantityMap, b: QuantityMap): QuantityMap {
  const result = new Map(a);
  for (const [name, amount] of b) {
    const other = result.get(name);
    if (other === undefined || other.nanos < amount.nanos) result.set(name, amount);
  }
  return result;
}
