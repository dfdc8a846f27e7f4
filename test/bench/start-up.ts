import { systemClock } from '../../src/component-base/index.ts';
import { mustSucceed, Sandbox } from '../e2e/fleet.ts';
import type { FleetUnderTest } from './fleet-under-test.ts';
import { median, times, type Section } from './report.ts';

const UP_GOAL_MS = 3_000;
const MEMORY_GOAL_MB = 500;
const RUNS = 7;
const REST_MS = 15_000;

/** `koinon up` as a user types it, from an empty home to its last line. */
export async function startUp(): Promise<Section> {
  const fromNothing: number[] = [];
  const continued: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    await using sandbox = await Sandbox.create();
    fromNothing.push(await timed(() => sandbox.up()));
    mustSucceed('down', await sandbox.koinon('down', '--keep-data'));
    continued.push(await timed(() => sandbox.koinon('up')));
  }
  return {
    title: 'Start',
    method:
      'Wall time of the whole command `koinon up`, four members of three nodes, from the bundle, its compile cache warm.',
    figures: [
      times('`up` from nothing to all Ready', fromNothing, { text: '≤ 3 s', met: median(fromNothing) <= UP_GOAL_MS }),
      times('`up` after `down --keep-data`', continued, undefined),
    ],
  };
}

export async function memoryAtRest(fleet: FleetUnderTest): Promise<Section> {
  await systemClock.sleep(REST_MS);
  const { components } = await fleet.status();
  const mb = (bytes: number) => bytes / 1e6;
  const total = mb(components.reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0));
  return {
    title: 'Memory',
    method: `Proportional set size of every process as \`koinon status\` tells it, ${REST_MS / 1000} s after the start.`,
    figures: [
      { what: 'the whole fleet', value: `${total.toFixed(0)} MB`, goal: '≤ 500 MB', met: total <= MEMORY_GOAL_MB },
      ...components.map(({ name, memoryBytes = 0 }) => ({ what: name, value: `${mb(memoryBytes).toFixed(0)} MB` })),
    ],
  };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
