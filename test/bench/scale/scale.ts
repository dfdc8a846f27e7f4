import { configMaps, deployments, namespaces, services } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { quantile, times, type Figure, type Section } from '../report.ts';
import { each, HubUnderTest } from './hub-under-test.ts';
import { deployment, keyOf, namespace, service } from './objects.ts';

const LATENCIES = 100;
const STREAM_MS = 10_000;
/** So many that the first round has changed each, and that the event of each is there. */
const CHURNED = 1_000;
const CHURN_ROUNDS = 6;
/** Memory is given back by and by. */
const REST_MS = 30_000;

/** Wherever anything is still written, it soon shows. */
async function quiet({ members }: HubUnderTest, forMs: number): Promise<number> {
  for (let before = await members.writes(); ;) {
    await systemClock.sleep(forMs);
    const now = await members.writes();
    if (now === before) return now;
    before = now;
  }
}

async function memoryAtRest(hub: HubUnderTest): Promise<string> {
  await systemClock.sleep(REST_MS);
  return `${hub.memoryMb().toFixed(0)} MB`;
}

async function createToEverywhere(hub: HubUnderTest, prefix: string, count: number): Promise<readonly number[]> {
  const values: number[] = [];
  for (let run = 0; run < count; run++) {
    const name = `${prefix}-${run}`;
    const { everywhere } = await hub.members.expect(keyOf('apps/deployments', name));
    const began = performance.timeOrigin + performance.now();
    await hub.client.create(deployments, deployment(name));
    values.push((await everywhere) - began);
  }
  return values;
}

/** Changes the same objects over and over: what the hub holds stays as it was. */
async function churned(hub: HubUnderTest, objects: number): Promise<Figure> {
  const held: number[] = [];
  const before = await hub.members.writes();
  for (let round = 0; round < CHURN_ROUNDS; round++) {
    const began = performance.now();
    let sequence = 0;
    await each(Array.from({ length: 32 }), async () => {
      while (performance.now() - began < STREAM_MS) {
        const key = { namespace, name: `stream-${sequence++ % objects}` };
        const patch = { data: { value: `${round}-${sequence}`.padEnd(200, 'x') } };
        await hub.client.patch(configMaps, key, { type: 'merge', patch });
      }
    });
    await quiet(hub, 1_000);
    held.push(await hub.heldMb());
  }
  const writes = (await hub.members.writes()) - before;
  // What is bounded, as the latest events kept for watchers, is full after the first.
  const growth = (held.at(-1) ?? NaN) / (held[1] ?? NaN);
  return {
    what: `the same ${objects} objects changed for ${CHURN_ROUNDS} times ${STREAM_MS / 1000} s, ${writes} shard writes: what the hub holds after each`,
    value: `${held.map((mb) => mb.toFixed(0)).join(', ')} MB`,
    goal: 'from the second on ≤ 1.1 ×',
    met: growth <= 1.1,
  };
}

/** Four members that are API servers and nothing else: how soon and how fast a hub writes to them. */
export async function fewMembers(): Promise<Section> {
  const MEMBERS = 4;
  await using hub = await HubUnderTest.start({ count: MEMBERS });
  await hub.client.create(namespaces, { metadata: { name: namespace } });
  await hub.members.reached(`/registry/namespaces/${namespace}`, MEMBERS);
  const latencies = await createToEverywhere(hub, 'late', LATENCIES);
  const met = quantile(latencies, 0.99) <= 150;
  const before = await memoryAtRest(hub);
  let sequence = 0;
  const began = performance.now();
  const names = Array.from({ length: 32 }, () => undefined);
  await each(names, async () => {
    while (performance.now() - began < STREAM_MS) {
      const metadata = { name: `stream-${sequence++}`, namespace };
      await hub.client.create(configMaps, { metadata, data: { value: 'x'.repeat(200) } });
    }
  });
  await hub.members.reached(`/registry/configmaps/${namespace}/stream-`, sequence * MEMBERS);
  const perSecond = (sequence * MEMBERS) / ((performance.now() - began) / 1000);
  return {
    title: 'A hub and four members',
    method: `Members are API servers on memory storage, all in one process beside the hub, over HTTPS. ${LATENCIES} Deployments one after the other; then ConfigMaps, 32 creates at once, for ${STREAM_MS / 1000} s, until the last shard is there.`,
    figures: [
      times('create of a Deployment → objects in all members', latencies, { text: 'p99 ≤ 150 ms', met }),
      {
        what: 'shard writes (published for today’s best: about 200/s)',
        value: `${Math.round(perSecond)}/s`,
        goal: '≥ 1000/s',
        met: perSecond >= 1000,
      },
      {
        what: 'memory of the hub',
        value: `${before} before, ${await memoryAtRest(hub)} after ${sequence} objects`,
      },
      await churned(hub, Math.min(sequence, CHURNED)),
    ],
  };
}

const MANY = 100;

/** A hundred members, and a hub that is killed and started again. */
export async function manyMembers(objects = 1_000): Promise<Section> {
  await using hub = await HubUnderTest.start({ count: MANY });
  await hub.client.create(namespaces, { metadata: { name: namespace } });
  await hub.members.reached(`/registry/namespaces/${namespace}`, MANY);
  const atRest = await memoryAtRest(hub);
  const began = performance.now();
  const all = Array.from({ length: objects }, (_, index) => `app-${index}`);
  await each(all, async (name) => {
    await hub.client.create(services, service(name));
    await hub.client.create(deployments, deployment(name));
  });
  const accepted = (performance.now() - began) / 1000;
  await hub.members.reached(`/registry/services/${namespace}/`, objects * MANY);
  await hub.members.reached(`/registry/apps/deployments/${namespace}/`, objects * MANY);
  const seconds = (performance.now() - began) / 1000;
  const memory = await memoryAtRest(hub);
  const figures: Figure[] = [
    { what: 'members Ready, nothing in them: memory of the hub', value: atRest },
    { what: `${objects} Services and ${objects} Deployments: accepted`, value: `${accepted.toFixed(1)} s` },
    {
      what: '… on all members',
      value: `${seconds.toFixed(0)} s, ${Math.round((2 * objects * MANY) / seconds)} shards/s`,
      goal: '≥ 1000/s',
      met: (2 * objects * MANY) / seconds >= 1000,
    },
    { what: 'memory of the hub with them', value: memory },
    ...(await restarted(hub)),
  ];
  return {
    title: 'A hub and a hundred members',
    method:
      'As above. The hub is then killed, one shard taken away in every member, and the hub started again: it is in step when those are back.',
    figures,
  };
}

async function restarted(hub: HubUnderTest): Promise<readonly Figure[]> {
  const before = await quiet(hub, 3_000);
  await hub.kill();
  const lost = keyOf('apps/deployments', 'app-0');
  await hub.members.lose(lost);
  const { everywhere } = await hub.members.expect(lost);
  const began = performance.timeOrigin + performance.now();
  const served = await hub.launch();
  const seconds = ((await everywhere) - began) / 1000;
  const needless = (await quiet(hub, 5_000)) - before - 2 * MANY;
  return [
    { what: 'restart of the hub: it serves', value: `${(served / 1000).toFixed(1)} s` },
    { what: 'restart of the hub: in step again', value: `${seconds.toFixed(1)} s`, goal: '≤ 30 s', met: seconds <= 30 },
    { what: 'needless writes in members', value: String(needless), goal: '0', met: needless === 0 },
    { what: 'memory of the hub after the restart', value: await memoryAtRest(hub) },
  ];
}
