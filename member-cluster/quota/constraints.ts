import type { Container, Pod } from '../../src/apis/index.ts';

const DEMANDED: readonly string[] = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/**
 * Where a quota is of CPU or memory, every container says how much it takes: `must specify cpu for: c`, or undefined
 * when all do.
 */
export function missingAmounts({ spec }: Pod, hard: readonly string[]): string | undefined {
  const wanted = hard.filter((name) => DEMANDED.includes(name)).sort();
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const whole = namesOf(spec?.resources);
  const missing = wanted.flatMap((name) => {
    if (whole.has(name)) return [];
    const without = containers
      .filter(({ resources }) => !namesOf(resources).has(name))
      .map((container) => container.name);
    return without.length === 0 ? [] : [`${name} for: ${without.sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

function namesOf(resources: Container['resources']): ReadonlySet<string> {
  const { requests = {}, limits = {} } = resources ?? {};
  return new Set([
    ...Object.keys(requests).flatMap((name) => [name, `requests.${name}`]),
    ...Object.keys(limits).map((name) => `limits.${name}`),
  ]);
}
