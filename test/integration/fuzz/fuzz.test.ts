import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadProtobufCodec } from '../../../src/apimachinery/index.ts';
import { typeTable } from '../../../src/apis/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import { described } from './answers.ts';
import { creationOf, fuzzRequests } from './requests.ts';
import { programmingMistakes, send, startTarget } from './target.ts';

/** The same ones in every run of the suite; more of them with KOINON_FUZZ_REQUESTS, others with KOINON_FUZZ_SEED. */
const REQUESTS = Number(process.env['KOINON_FUZZ_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['KOINON_FUZZ_SEED'] ?? 20_141_007);
const TIMEOUT_MS = Math.max(60_000, REQUESTS * 40);
const AT_ONCE = 8;
const CHUNK = 100;
/** Sent before memory is measured first: everything is loaded and compiled by then. */
const WARM_UP = 1_000;
const MAX_FAULTS = 10;
const MEBIBYTE = 2 ** 20;

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  // @NOTE what the flag just put into every new context.
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

it('knows a valid object of every kind', async () => {
  await using target = await startTarget();
  const [connection] = target.connections;
  const refused: string[] = [];
  for (const definition of target.definitions) {
    const answer = await connection?.send(creationOf(definition, true));
    if (answer?.status !== 201) refused.push(`${definition.group}/${definition.plural}: ${answer?.body ?? ''}`);
  }
  expect(refused).toEqual([]);
});

it(
  'refuses what is wrong, whatever it is, and lives on',
  async () => {
    await using target = await startTarget();
    const { connections, definitions, errors } = target;
    const requests = fuzzRequests(definitions, await loadProtobufCodec(typeTable));
    const statuses = new Map<number, number>();
    const faults: string[] = [];
    const heaps: number[] = [];
    for (let sent = 0; sent < REQUESTS && faults.length < MAX_FAULTS; sent += CHUNK) {
      // What was deleted is there again now and then.
      if (sent % WARM_UP === 0)
        for (const definition of definitions) await connections[0]?.send(creationOf(definition, false));
      const chunk = fc.sample(requests, { seed: SEED + sent, numRuns: CHUNK });
      await mapConcurrent([...chunk.entries()], AT_ONCE, async ([index, request]) => {
        const connection = connections[index % connections.length];
        const fault = connection && (await send(connection, request, statuses));
        if (fault !== undefined) faults.push(`over ${connection?.name ?? ''}: ${fault}\n${described(request)}`);
      });
      if (sent === WARM_UP) heaps.push(heapAfterCollection());
    }
    process.stdout.write(`fuzz seed ${SEED}: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect(faults, `seed ${SEED}`).toEqual([]);

    heaps.push(heapAfterCollection());
    expect((heaps[1] ?? 0) - (heaps[0] ?? 0)).toBeLessThan(60 * MEBIBYTE);
    expect(programmingMistakes(errors)).toEqual([]);
    const accepted = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
    expect(accepted).toBeGreaterThan(REQUESTS / 20);
    expect(target.member.status().ready).toBe(true);
  },
  TIMEOUT_MS,
);
