import { deployments, namespaces } from '../../../src/apis/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { median, ms, quantile, type Section } from '../report.ts';
import { HubUnderTest } from './hub-under-test.ts';
import type { MembersUnderTest } from './members-under-test.ts';
import { deployment, keyOf, namespace } from './objects.ts';

const MEMBERS = 20;
const [DEAD, SLOW, FLAPPING] = [0, 1, 2] as const;
const TROUBLED = 3;
const OTHERS = Array.from({ length: MEMBERS - TROUBLED }, (_, index) => index + TROUBLED);
const ROUNDS = 5;
const OBJECTS = 100;
const EVERY_MS = 100;
const FLAP_MS = 2_000;

/** Twenty members, three of them in trouble: what the others notice of it. In rounds, so that all else is the same. */
export async function troubledMembers(): Promise<Section> {
  await using hub = await HubUnderTest.start({ count: MEMBERS, exposed: TROUBLED });
  await hub.client.create(namespaces, { metadata: { name: namespace } });
  await stream(hub, 'warm-well');
  await inTrouble(hub, 'warm-ill');
  await recovered(hub);
  const healthy: number[] = [];
  const troubled: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    healthy.push(...(await stream(hub, `well-${round}`)));
    troubled.push(...(await inTrouble(hub, `ill-${round}`)));
    await recovered(hub);
  }
  const ratio = quantile(troubled, 0.99) / quantile(healthy, 0.99);
  const describe = (values: readonly number[]) =>
    `median ${ms(median(values))}, p99 ${ms(quantile(values, 0.99))} (n = ${values.length})`;
  return {
    title: 'Twenty members, three of them in trouble',
    method: `As above, with ${MEMBERS} members; a Deployment each ${EVERY_MS} ms for ${(OBJECTS * EVERY_MS) / 1000} s, ${ROUNDS} times while all is well and, in between, while one member is silent, one takes 5 s for each call and one comes and goes every ${FLAP_MS / 1000} s, beginning with the first moment of it; before that once each, not counted. The members in trouble are in a process of their own. From the create to the last of the other ${OTHERS.length} members.`,
    figures: [
      { what: 'all well', value: describe(healthy) },
      { what: 'three in trouble', value: describe(troubled) },
      { what: 'p99 against all well', value: `${ratio.toFixed(2)} ×`, goal: '≤ 1.2 ×', met: ratio <= 1.2 },
    ],
  };
}

/** From each create to the last of the members that are never troubled. */
async function stream(hub: HubUnderTest, prefix: string): Promise<readonly number[]> {
  const values: Promise<number>[] = [];
  for (let index = 0; index < OBJECTS; index++) {
    values.push(createToOthers(hub, `${prefix}-${index}`));
    await systemClock.sleep(EVERY_MS);
  }
  return Promise.all(values);
}

async function createToOthers({ members, client }: HubUnderTest, name: string): Promise<number> {
  const { everywhere } = await members.expect(keyOf('apps/deployments', name), OTHERS);
  const began = performance.timeOrigin + performance.now();
  await client.create(deployments, deployment(name));
  return (await everywhere) - began;
}

async function inTrouble(hub: HubUnderTest, prefix: string): Promise<readonly number[]> {
  const { members } = hub;
  await members.trouble(DEAD, 'silent');
  await members.trouble(SLOW, 'slow');
  const stop = new AbortController();
  const flapping = flap(members, stop.signal);
  const values = await stream(hub, prefix);
  stop.abort();
  await flapping;
  for (const member of [DEAD, SLOW, FLAPPING]) await members.trouble(member, 'none');
  return values;
}

async function flap(members: MembersUnderTest, signal: AbortSignal): Promise<void> {
  for (let isCut = true; !signal.aborted; isCut = !isCut) {
    await members.trouble(FLAPPING, isCut ? 'cut' : 'none');
    // Its end ends the flapping, no more.
    await systemClock.sleep(FLAP_MS, signal).catch(() => undefined);
  }
}

/** All members have all there is. */
async function recovered(hub: HubUnderTest): Promise<void> {
  await hub.allReady(MEMBERS);
  const { items } = await hub.client.list(deployments, { namespace });
  await hub.members.reached(`/registry/apps/deployments/${namespace}/`, items.length * MEMBERS);
}
