import { deployments, namespaces } from '../../../src/apis/index.ts';
import { placementPolicies } from '../../../federation/apis/index.ts';
import { median, ms, quantile, type Section } from '../report.ts';
import { HubUnderTest } from './hub-under-test.ts';
import { deployment, keyOf, namespace } from './objects.ts';

const MEMBERS = 1_000;
/** HubUnderTest labels members with ten groups. */
const GROUP = 'g3';
const CHOSEN = Array.from({ length: MEMBERS / 10 }, (_, index) => 10 * index + 3);
const OBJECTS = 30;

/** A thousand members, and objects that go to a hundred of them. */
export async function registeredMembers(): Promise<Section> {
  const began = performance.now();
  await using hub = await HubUnderTest.start({ count: MEMBERS });
  const joined = (performance.now() - began) / 1000;
  await hub.client.create(namespaces, { metadata: { name: namespace } });
  await hub.members.reached(`/registry/namespaces/${namespace}`, MEMBERS);
  const memory = hub.memoryMb();
  await hub.client.create(placementPolicies, {
    metadata: { name: 'a-hundred', namespace },
    spec: {
      resourceSelectors: [{ apiVersion: 'apps/v1', kind: 'Deployment' }],
      placement: {
        clusterAffinity: { labelSelector: { matchLabels: { group: GROUP } } },
        replicaScheduling: { replicaSchedulingType: 'Duplicated' },
      },
    },
  });
  const values: number[] = [];
  // The first one begins the informers over Deployments.
  for (let run = 0; run <= OBJECTS; run++) {
    const took = await createToChosen(hub, `placed-${run}`);
    if (run > 0) values.push(took);
  }
  const p90 = quantile(values, 0.9);
  return {
    title: 'A thousand registered members',
    method: `As above, with ${MEMBERS} members. A policy chooses ${CHOSEN.length} of them by label; ${OBJECTS} Deployments one after the other.`,
    figures: [
      { what: 'start of all members, until they are Ready at the hub', value: `${joined.toFixed(0)} s` },
      { what: 'memory of the hub', value: `${memory.toFixed(0)} MB` },
      {
        what: `create of a Deployment → on ${CHOSEN.length} of ${MEMBERS} members (best published: 20 s)`,
        value: `median ${ms(median(values))}, P90 ${ms(p90)}, max ${ms(Math.max(...values))} (n = ${values.length})`,
        goal: 'P90 ≤ 2 s',
        met: p90 <= 2_000,
      },
    ],
  };
}

async function createToChosen({ members, client }: HubUnderTest, name: string): Promise<number> {
  const { everywhere } = await members.expect(keyOf('apps/deployments', name), CHOSEN);
  const began = performance.timeOrigin + performance.now();
  await client.create(deployments, deployment(name));
  return (await everywhere) - began;
}
