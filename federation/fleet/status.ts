import { withDeadline } from '../../src/component-base/index.ts';
import type { ComponentProcess } from './component-process.ts';
import type { ComponentStatus } from './component.ts';
import type { FleetClients } from './fleet-clients.ts';
import type { Membership } from './membership.ts';
import { processMemoryBytes } from './process-memory.ts';

export interface StatusDeps {
  readonly components: readonly ComponentProcess[];
  readonly membership: Membership | undefined;
  readonly clients: FleetClients | undefined;
}

const PROBE_DEADLINE_MS = 2_000;

/** Asks every process at once; one that does not answer delays nobody beyond the deadline. */
export async function statusOf(deps: StatusDeps, signal: AbortSignal): Promise<readonly ComponentStatus[]> {
  const conditions = await deps.membership?.conditions(signal);
  const rows = deps.components.map(async (component): Promise<ComponentStatus> => {
    const { spec, state, pid, url, restarts, startedAt, message } = component;
    const memoryBytes = pid === undefined ? undefined : await processMemoryBytes(pid);
    return {
      name: spec.name,
      kind: spec.kind,
      state,
      health: await healthOf(component, deps.clients, signal),
      restarts,
      ...(pid === undefined ? {} : { pid }),
      ...(url === undefined ? {} : { address: url }),
      ...(spec.kind === 'member' ? { membership: membershipOf(spec.name, conditions) } : {}),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
      ...(message === '' ? {} : { message }),
    };
  });
  return [await supervisorStatus(), ...(await Promise.all(rows))];
}

function membershipOf(
  name: string,
  conditions: Awaited<ReturnType<Membership['conditions']>>,
): NonNullable<ComponentStatus['membership']> {
  return conditions === undefined ? 'Unknown' : (conditions.get(name) ?? 'NotJoined');
}

async function healthOf(
  { spec, state }: ComponentProcess,
  clients: FleetClients | undefined,
  signal: AbortSignal,
): Promise<ComponentStatus['health']> {
  if (state !== 'Running' || clients === undefined) return 'Unknown';
  try {
    await clients.of(spec.name).raw('/readyz', { signal: withDeadline(PROBE_DEADLINE_MS, signal) });
    return 'Healthy';
  } catch {
    return 'Unhealthy';
  }
}

async function supervisorStatus(): Promise<ComponentStatus> {
  const memoryBytes = await processMemoryBytes(process.pid);
  return {
    name: 'supervisor',
    kind: 'supervisor',
    state: 'Running',
    pid: process.pid,
    health: 'Healthy',
    restarts: 0,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}
