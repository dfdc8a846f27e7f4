import { readFile } from 'node:fs/promises';
import { aborted, createLogger, createMetrics, giveBackWhenIdle, systemClock } from '../component-base/index.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';
import type { ComponentMessage, ComponentSpec } from '../../federation/fleet/index.ts';

/**
 * Runs one component of a fleet until SIGTERM, or until the supervisor that started it is gone: a component never
 * outlives its fleet.
 */
export async function component(file: string): Promise<void> {
  // @NOTE the supervisor wrote it.
  const spec = JSON.parse(await readFile(file, 'utf8')) as ComponentSpec;
  await runComponent(spec, (deps) => startComponent({ ...deps, spec }));
}

/** Runs what `begin` starts until it is asked to end. */
export async function runComponent(
  spec: { readonly kind: ComponentSpec['kind'] | 'dns' | 'cluster-dns'; readonly name: string },
  begin: (deps: Omit<ComponentDeps, 'spec'>) => Promise<RunningComponent>,
): Promise<void> {
  const log = createLogger({ level: process.env['KOINON_LOG_LEVEL'] ?? 'info' });
  const stopped = new AbortController();
  const onEnd = () => {
    stopped.abort(new Error('asked to stop'));
  };
  process.once('SIGTERM', onEnd).once('SIGINT', onEnd).once('disconnect', onEnd);
  process.title = `koinon ${spec.kind} ${spec.name}`;
  try {
    using _memory = giveBackWhenIdle({ clock: systemClock });
    await using running = await begin({ log, metrics: createMetrics(), signal: stopped.signal });
    tell({ type: 'ready', url: running.url });
    await Promise.race([aborted(stopped.signal), running.done]);
  } catch (err) {
    if (stopped.signal.aborted) return;
    log.error({ err }, 'component failed');
    tell({ type: 'failed', message: `${spec.name}: ${err instanceof Error ? err.message : String(err)}` });
    throw err;
  } finally {
    process.off('SIGTERM', onEnd).off('SIGINT', onEnd).off('disconnect', onEnd);
    if (process.connected) process.disconnect?.();
  }
}

async function startComponent(deps: ComponentDeps): Promise<RunningComponent> {
  switch (deps.spec.kind) {
    case 'member':
      return (await import('./member.ts')).startMember(deps);
    case 'federation': {
      const { federation, name } = deps.spec;
      if (federation === undefined) throw new Error(`the spec of ${name} says nothing about a federation`);
      const { startFederationControlPlane } = await import('./federation.ts');
      return startFederationControlPlane({ ...deps, spec: { ...deps.spec, federation } });
    }
  }
}

/** A component that was started by hand has nobody to tell. */
function tell(message: ComponentMessage): void {
  process.send?.(message);
}
