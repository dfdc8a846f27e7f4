import type { ContainerDemand, ResourceAmounts } from '../container-runtime.ts';
import { hollowSettings } from './hollow-settings.ts';

/** What one uses of which nobody says what it needs. */
const IDLE = { cpuNanoCores: 1_000_000, memoryBytes: 8 * 1024 * 1024 };
/** Of what it asks for. */
const BUSY = 0.5;

/** What a hollow container pretends to use: what an annotation says, or half of its request; never more than its limit. */
export function hollowUsage(
  name: string,
  { annotations, requests, limits }: ContainerDemand,
): Required<ResourceAmounts> {
  const told = hollowSettings(annotations, name);
  const used = (resource: keyof ResourceAmounts) => {
    const request = requests[resource];
    const wanted = told[resource] ?? (request === undefined ? IDLE[resource] : request * BUSY);
    return Math.round(Math.min(wanted, limits[resource] ?? Infinity));
  };
  return { cpuNanoCores: used('cpuNanoCores'), memoryBytes: used('memoryBytes') };
}
