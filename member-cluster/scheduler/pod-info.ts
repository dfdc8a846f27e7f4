import { keyOf, parseQuantity, quantityToMillis, quantityToNumber } from '../../src/apimachinery/index.ts';
import type { Container, Pod } from '../../src/apis/index.ts';

/** Amounts by resource name: CPU in thousandths, everything else in its unit. */
export type Resources = ReadonlyMap<string, number>;

/** A pod with what the plugins ask of it again and again. */
export interface PodInfo {
  readonly key: string;
  readonly pod: Pod;
  readonly requests: Resources;
  /** Ports on the host, as `protocol ip port`. */
  readonly hostPorts: readonly HostPort[];
  readonly priority: number;
}

export interface HostPort {
  readonly protocol: string;
  /** `0.0.0.0` for all addresses. */
  readonly ip: string;
  readonly port: number;
}

export function podInfoOf(pod: Pod): PodInfo {
  return {
    key: keyOf(pod),
    pod,
    requests: requestsOf(pod),
    hostPorts: hostPortsOf(pod),
    priority: pod.spec?.priority ?? 0,
  };
}

export function amount(name: string, quantity: string): number {
  const parsed = parseQuantity(quantity);
  return name === 'cpu' ? quantityToMillis(parsed) : quantityToNumber(parsed);
}

export function amounts(quantities: Readonly<Record<string, string>> | undefined): Resources {
  return new Map(Object.entries(quantities ?? {}).map(([name, quantity]) => [name, amount(name, quantity)]));
}

/**
 * What a pod needs of its node: its containers and sidecars together, or more where an init container needs more
 * beside the sidecars started before it; plus the overhead of its runtime. Requests of the whole pod come before those.
 */
export function requestsOf({ spec }: Pod): Resources {
  const sidecars: Resources[] = [];
  let init: Resources = new Map();
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars.push(requested(container));
    else init = maximum(init, sum([requested(container), ...sidecars]));
  }
  const running = sum([...(spec?.containers ?? []).map(requested), ...sidecars]);
  const containers = maximum(running, init);
  const whole = new Map([...containers, ...amounts(spec?.resources?.requests)]);
  return sum([whole, amounts(spec?.overhead)]);
}

const requested = ({ resources }: Container) => amounts(resources?.requests);

function sum(parts: readonly Resources[]): Resources {
  const total = new Map<string, number>();
  for (const part of parts) for (const [name, value] of part) total.set(name, (total.get(name) ?? 0) + value);
  return total;
}

function maximum(a: Resources, b: Resources): Resources {
  const result = new Map(a);
  for (const [name, value] of b) result.set(name, Math.max(result.get(name) ?? 0, value));
  return result;
}

function hostPortsOf({ spec }: Pod): readonly HostPort[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, protocol = 'TCP' }) =>
      hostPort === undefined || hostPort === 0 ? [] : [{ protocol, ip: hostIP ?? '0.0.0.0', port: hostPort }],
    ),
  );
}
