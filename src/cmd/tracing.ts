import { readFile } from 'node:fs/promises';
import type { Clock, Logger } from '../component-base/index.ts';
import {
  parseTracingConfiguration,
  startOtlpTracer,
  TracingConfigurationError,
  type Tracer,
  type TracingConfiguration,
} from '../tracing/index.ts';
import type { ComponentKind, ComponentSpec } from '../../federation/fleet/index.ts';

/** Throws with the name of the file and every problem in it. */
export async function readTracing(file: string): Promise<TracingConfiguration> {
  try {
    return await parseTracingConfiguration(await readFile(file, 'utf8'));
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    const faults = err instanceof TracingConfigurationError ? why.split('\n') : [`it cannot be read: ${why}`];
    throw new Error(faults.map((fault) => `the tracing configuration ${file}: ${fault}`).join('\n'), { cause: err });
  }
}

/** The tracer of a component, as its spec says. */
export async function openTracing(
  kind: ComponentKind,
  { name, tracingConfigFile: file }: Pick<ComponentSpec, 'name' | 'tracingConfigFile'>,
  deps: { readonly clock: Clock; readonly log: Logger },
): Promise<(Tracer & AsyncDisposable) | undefined> {
  if (file === undefined) return undefined;
  const log = deps.log.child({ component: 'tracing' });
  return startOtlpTracer({ ...(await readTracing(file)), service: `koinon-${kind}`, instance: name, ...deps, log });
}
