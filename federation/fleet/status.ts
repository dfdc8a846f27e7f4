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
  const [conditions, waitsFor = ''] = await Promise.all([
    deps.membership?.conditions(signal),
    deps.membership?.waitsFor(signal),
  ]);
  const rows = deps.components.map(async (component): Promise<ComponentStatus> => {
    const { spec, state, pid, url, restarts, startedAt } = component;
    const { health, why } = await healthOf(component, deps.clients, signal);
    const message = [component.message, why, spec.kind === 'federation' ? waitsFor : '']
      .filter((part) => part !== '')
      .join('; ');
    const memoryBytes = pid === undefined ? undefined : await processMemoryBytes(pid);
    return {
      name: spec.name,
      kind: spec.kind,
      state,
      health,
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

interface Health {
  readonly health: ComponentStatus['health'];
  /** Empty unless it is unhealthy. */
  readonly why: string;
}

async function healthOf(
  { spec, state, lastProblem }: ComponentProcess,
  clients: FleetClients | undefined,
  signal: AbortSignal,
): Promise<Health> {
  if (state !== 'Running' || clients === undefined) return { health: 'Unknown', why: '' };
  try {
    await clients.of(spec.name).raw('/readyz', { signal: withDeadline(PROBE_DEADLINE_MS, signal) });
    return { health: 'Healthy', why: '' };
  } catch (err) {
    const why = failedChecks(err instanceof Error ? err.message : String(err));
    const log = lastProblem === '' ? '' : `; the last that its log tells of: ${lastProblem}`;
    return { health: 'Unhealthy', why: `not ready: ${why}${log}` };
  }
}

/** What /readyz marks with a minus, of an answer that has such. */
function failedChecks(answer: string): string {
  const failed = answer.split('\n').flatMap((line) => (line.startsWith('[-]') ? [line.slice('[-]'.length)] : []));
  return failed.length === 0 ? (answer.split('\n')[0] ?? '') : failed.join(', ');
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
