import { C_CALLERS } from '../../../src/component-base/index.ts';
import { quantile, times, type Figure } from '../report.ts';
import { steadyLoad } from './dnsperf.ts';
import { startOwn } from './own-server.ts';

const PER_SECOND = 20_000;
const CHANGES_PER_SECOND = 100;
const SECONDS = 10;
const WARM_SECONDS = 3;
const GOAL_MS = 5;

/** How long answers take while questions come at a steady rate and the zone, on disk, changes all the time. */
export async function steady(questions: string, directory: string): Promise<Figure> {
  await using server = await startOwn({ batchedBy: C_CALLERS, policy: 'nearest', directory });
  server.changeZone(CHANGES_PER_SECOND);
  const load = { port: server.port, file: questions, seconds: SECONDS, args: ['-B'] };
  // What is steady does not begin with questions that were never asked before.
  await steadyLoad({ ...load, seconds: WARM_SECONDS }, PER_SECOND);
  const { tookMs, lost } = await steadyLoad(load, PER_SECOND);
  const what = `koinon, ${PER_SECOND} questions a second while the zone changes ${CHANGES_PER_SECOND} times a second`;
  const met = lost === 0 && quantile(tookMs, 0.99) <= GOAL_MS;
  return times(what, tookMs, { text: `p99 ≤ ${GOAL_MS} ms, none lost`, met });
}
