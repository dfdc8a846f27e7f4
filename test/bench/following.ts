import { deployments, pods, services, type Deployment, type Service } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { DnsAsker } from './dns-question.ts';
import { members, namespace, type FleetUnderTest } from './fleet-under-test.ts';
import { quantile, times, type Section } from './report.ts';

const host = `nginx.${namespace}.myfederation.svc.example.com`;
const DEADLINE_MS = 60_000;
const SERVICES = 100;
const FLIPS = 50;
const KILLS = 5;
const FREEZE_MS = 1_500;

function service(name: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'LoadBalancer', selector: { app: 'nginx' }, ports: [{ port: 80 }] },
  };
}

function deployment(): Deployment {
  const labels = { app: 'nginx' };
  const containers = [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }] }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx', namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

/** From the create at the federation to the last of the members' watches telling of its shard. */
export async function serviceToShards(fleet: FleetUnderTest): Promise<Section> {
  const values: number[] = [];
  for (let run = 0; run < SERVICES; run++) {
    const name = `bench-${run}`;
    const seen = members.map((member) => appears(fleet.client(member), name));
    await systemClock.sleep(20);
    const began = performance.now();
    await fleet.federation.create(services, service(name));
    values.push(Math.max(...(await Promise.all(seen))) - began);
  }
  await Promise.all(
    Array.from({ length: SERVICES }, (_, run) => {
      const key = { namespace, name: `bench-${run}` };
      return fleet.federation.delete(services, key, { propagationPolicy: 'Background' });
    }),
  );
  const met = quantile(values, 0.99) <= 200;
  return {
    title: 'Service to shards',
    method:
      'A Service is created at the federation; a watch in each of the four members tells when its shard is there. The slowest counts.',
    figures: [times('create → shards in all members', values, { text: 'p99 ≤ 200 ms', met })],
  };
}

async function appears(client: Client, name: string): Promise<number> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  for await (const { type } of client.watch(services, { namespace, fieldSelector: `metadata.name=${name}`, signal })) {
    if (type === 'ADDED') return performance.now();
  }
  throw new Error(`service ${name} did not appear`);
}

/** From a pod's Ready condition changing, as a watch of the member tells it, to the first DNS answer that follows. */
export async function readinessToAnswer(fleet: FleetUnderTest): Promise<Section> {
  using asker = new DnsAsker(fleet.sandbox.dnsPort);
  const member = members[2];
  const ready: number[] = [];
  const gone: number[] = [];
  await prepare(fleet, asker);
  for (let flip = 0; flip < FLIPS; flip++) {
    gone.push(await follows(fleet, asker, { member, replicas: 0, answers: members.length - 1 }));
    ready.push(await follows(fleet, asker, { member, replicas: 1, answers: members.length }));
  }
  const goal = (values: readonly number[]) => ({ text: 'p99 ≤ 250 ms', met: quantile(values, 0.99) <= 250 });
  return {
    title: 'Readiness to DNS',
    method:
      'A Deployment of one member is scaled to zero and back; measured from the change of the Ready condition seen by a watch of that member to the first changed answer at the federation’s DNS, asked without a pause.',
    figures: [
      times('pod Ready → named in the answer', ready, goal(ready)),
      times('pod not Ready → gone from the answer', gone, goal(gone)),
    ],
  };
}

/** Four healthy shards of `nginx`. */
async function prepare(fleet: FleetUnderTest, asker: DnsAsker): Promise<void> {
  await fleet.federation.create(services, service('nginx'));
  await Promise.all(members.map((member) => fleet.client(member).create(deployments, deployment())));
  await until(asker, members.length);
}

async function until(asker: DnsAsker, count: number): Promise<readonly string[]> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await asker.addresses(host);
    if (answer?.length === count) return answer;
    if (performance.now() > deadline)
      throw new Error(`no answer with ${count} addresses; the last had ${String(answer?.length)}`);
  }
}

interface Flip {
  readonly member: string;
  readonly replicas: number;
  readonly answers: number;
}

async function follows(fleet: FleetUnderTest, asker: DnsAsker, { member, replicas, answers }: Flip): Promise<number> {
  const client = fleet.client(member);
  const changed = readinessChanges(client, replicas > 0);
  const patch = { type: 'merge', patch: { spec: { replicas } } } as const;
  await client.patch(deployments, { namespace, name: 'nginx' }, patch);
  const answered = until(asker, answers).then(() => performance.now());
  const [from, to] = await Promise.all([changed, answered]);
  // An answer may even come before this process has read the watch: that is a delay of nothing.
  return Math.max(0, to - from);
}

async function readinessChanges(client: Client, ready: boolean): Promise<number> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  let known = false;
  for await (const { type, object } of client.watch(pods, { namespace, labelSelector: 'app=nginx', signal })) {
    const deleting = type === 'DELETED' || object.metadata.deletionTimestamp !== undefined;
    const condition = object.status?.conditions?.find((candidate) => candidate.type === 'Ready');
    const isReady = !deleting && condition?.status === 'True';
    if (isReady === ready && (ready || known)) return performance.now();
    known ||= isReady;
  }
  throw new Error('no change of readiness was seen');
}

/** From SIGKILL to the last answer that names the member; and a member frozen for a while, which is alive. */
export async function killedMember(fleet: FleetUnderTest): Promise<Section> {
  using asker = new DnsAsker(fleet.sandbox.dnsPort);
  const member = members[3];
  const values: number[] = [];
  for (let run = 0; run < KILLS; run++) {
    const before = await until(asker, members.length);
    const { pid = 0 } = (await fleet.status()).components.find(({ name }) => name === member) ?? {};
    const killed = fleet.koinon('cluster', 'kill', member);
    await dead(pid);
    const began = performance.now();
    const after = await until(asker, members.length - 1);
    values.push(performance.now() - began);
    if (after.some((address) => !before.includes(address))) throw new Error('an answer with a strange address');
    await killed;
    await fleet.koinon('cluster', 'start', member);
  }
  await until(asker, members.length);
  const withdrawn = await withdrawnWhileFrozen(fleet, asker);
  return {
    title: 'A member dies',
    method: `SIGKILL of a member process at default settings; DNS is asked without a pause. Then a living member is frozen (SIGSTOP) for ${ms(FREEZE_MS)} and must stay in every answer.`,
    figures: [
      times('SIGKILL → last answer that names it', values, { text: '≤ 5 s', met: Math.max(...values) <= 5000 }),
      { what: 'answers without the frozen member', value: String(withdrawn), goal: '0', met: withdrawn === 0 },
    ],
  };
}

const ms = (value: number) => `${value / 1000} s`;

async function dead(pid: number): Promise<void> {
  const { processIsAlive } = await import('../e2e/fleet.ts');
  while (processIsAlive(pid)) await systemClock.sleep(1);
}

async function withdrawnWhileFrozen(fleet: FleetUnderTest, asker: DnsAsker): Promise<number> {
  const { pid = 0 } = (await fleet.status()).components.find(({ name }) => name === members[0]) ?? {};
  let withdrawn = 0;
  process.kill(pid, 'SIGSTOP');
  const thaw = performance.now() + FREEZE_MS;
  const end = thaw + 3_000;
  let frozen = true;
  while (performance.now() < end) {
    if (frozen && performance.now() > thaw) {
      process.kill(pid, 'SIGCONT');
      frozen = false;
    }
    const answer = await asker.addresses(host);
    if (answer !== undefined && answer.length < members.length) withdrawn++;
  }
  return withdrawn;
}
