import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isObject, loadProtobufCodec, type UnknownObject } from '../../../src/apimachinery/index.ts';
import { customResourceDefinitions, namespaces, typeTable } from '../../../src/apis/index.ts';
import { createLogger, mapConcurrent, start } from '../../../src/component-base/index.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { crontabDefinition } from '../../harness/definitions.ts';
import { startTestMember } from '../../harness/member-cluster.ts';
import { described, faultOf } from './answers.ts';
import { overHttp1, overHttp2, type Connection } from './connections.ts';
import { creationOf, fuzzRequests, incompleteRequests, type FuzzRequest } from './requests.ts';
import { NAMESPACE } from './valid-objects.ts';

/** The same ones in every run of the suite; more of them with KOINON_FUZZ_REQUESTS, others with KOINON_FUZZ_SEED. */
const REQUESTS = Number(process.env['KOINON_FUZZ_REQUESTS'] ?? 3_000);
const SEED = Number(process.env['KOINON_FUZZ_SEED'] ?? 20_141_007);
const TIMEOUT_MS = Math.max(60_000, REQUESTS * 40);
const AT_ONCE = 8;
const CHUNK = 100;
const DEPTH = REQUESTS > 10_000 ? 9 : 2;
/** Sent before memory is measured first: everything is loaded and compiled by then. */
const WARM_UP = 1_000;
const MAX_FAULTS = 10;
const MEBIBYTE = 2 ** 20;

async function startTarget() {
  await using stack = new AsyncDisposableStack();
  const errors: UnknownObject[] = [];
  const log = createLogger({
    level: 'error',
    destination: {
      write: (line) => {
        const entry: unknown = JSON.parse(line);
        if (isObject(entry)) errors.push(entry);
      },
    },
  });
  const member = stack.use(await startTestMember({ nodes: 1, log }));
  const { serving, ca, admin } = await createTestCertificates();
  const listener = member.server.listener(serving);
  const running = await start([listener]);
  stack.defer(() => running.stop());
  const connections = [overHttp1, overHttp2].map((open) => stack.use(open({ url: listener.url, ca, identity: admin })));
  await member.client.create(namespaces, { metadata: { name: NAMESPACE } });
  await member.client.create(customResourceDefinitions, crontabDefinition());
  const definitions = () => member.server.catalog.definitions();
  await expect.poll(() => definitions().some(({ plural }) => plural === 'crontabs')).toBe(true);
  const kept = stack.move();
  return {
    member,
    connections,
    errors,
    definitions: definitions().filter((definition) => !('answer' in definition || 'read' in definition)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  // @NOTE what the flag just put into every new context.
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** A fault of the server, if there is one. */
async function send(connection: Connection, request: FuzzRequest, statuses: Map<number, number>) {
  const answer = await connection.send(request).catch((err: unknown) => `no answer: ${String(err)}`);
  if (typeof answer === 'string') return answer;
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  return faultOf(answer, request);
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

it('takes or refuses objects that lack something', { timeout: TIMEOUT_MS }, async () => {
  await using target = await startTarget();
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  for (const definition of target.definitions) {
    await target.connections[0]?.send(creationOf(definition, false));
    await mapConcurrent(incompleteRequests(definition, DEPTH), AT_ONCE, async (request) => {
      const fault = target.connections[1] && (await send(target.connections[1], request, statuses));
      if (fault !== undefined) faults.push(`${fault}\n${described(request)}`);
    });
  }
  expect(faults).toEqual([]);
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

/** A controller, too, must not stumble over an object that the API server let in. */
function programmingMistakes(errors: readonly UnknownObject[]): readonly string[] {
  return errors
    .map(({ err, msg }) => ({ err, msg }))
    .filter(({ err }) => isObject(err) && ['TypeError', 'RangeError', 'ReferenceError'].includes(String(err['type'])))
    .map(({ err, msg }) => `${String(msg)}: ${isObject(err) ? String(err['stack']) : ''}`);
}
