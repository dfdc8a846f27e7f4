import { expect, it } from 'vitest';
import { clusters, isReady, placementPolicies } from '../../../federation/apis/index.ts';
import { isConditionTrue } from '../../../src/apimachinery/index.ts';
import { cronJobs, events, jobs, namespaces, type Job } from '../../../src/apis/index.ts';
import { startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 20 };
const EU = 'gce-europe-west1';
const ASIA = 'gce-asia-east1';
const US = 'gce-us-east1';
const key = { namespace: 'shop', name: 'sum' };
const PLACEMENT = 'federation.koinon.dev/placement';
const PREFERENCES = 'federation.kubernetes.io/job-preferences';

async function started(): Promise<TestFederation> {
  const fleet = await startTestFederation({ names: [ASIA, EU, US] });
  await expect.poll(async () => (await fleet.admin.list(clusters)).items.filter(isReady).length, soon).toBe(3);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  return fleet;
}

const job = (spec: object, annotations: Record<string, string> = {}) => ({
  metadata: { ...key, annotations },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'sum', image: 'sum' }] } }, ...spec },
});

async function copyIn(fleet: TestFederation, name: string): Promise<Job | undefined> {
  return (await fleet.member(name).admin.list(jobs, { namespace: 'shop' })).items[0];
}

/** By cluster what it has to do: pods that shall succeed, and how many run at a time. */
async function parts(fleet: TestFederation): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(
    fleet.members.map(async ({ name }) => {
      const spec = (await copyIn(fleet, name))?.spec;
      const text = `${spec?.completions ?? '-'}/${spec?.parallelism ?? '-'}${spec?.suspend === true ? ' suspended' : ''}`;
      return spec === undefined ? [] : [[name, text] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** What the Job controller of the member would write. */
async function end(fleet: TestFederation, name: string, type: 'Complete' | 'Failed'): Promise<void> {
  const copy = await copyIn(fleet, name);
  if (copy === undefined) throw new Error(`there is no Job in ${name}`);
  const at = { startTime: '2026-01-01T00:00:00Z' };
  const ended = type === 'Complete' ? { completionTime: '2026-01-01T00:01:00Z' } : {};
  const succeeded = type === 'Complete' ? (copy.spec?.completions ?? 1) : 0;
  const status = { ...at, ...ended, succeeded, conditions: [{ type, status: 'True' }] };
  await fleet.member(name).admin.updateStatus(jobs, { ...copy, status });
}

const ours = (fleet: TestFederation) => fleet.admin.get(jobs, key);
const holds = async (fleet: TestFederation, type: string) =>
  isConditionTrue((await ours(fleet)).status?.conditions, type);

it('divides a Job, leaves what runs to who is not done, and is complete when all are', async () => {
  await using fleet = await started();
  await fleet.admin.create(jobs, job({ completions: 9, parallelism: 3, ttlSecondsAfterFinished: 3_600 }));
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '3/1', [EU]: '3/1', [US]: '3/1' });
  expect((await copyIn(fleet, EU))?.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  await end(fleet, ASIA, 'Complete');
  await expect.poll(async () => Object.values(await parts(fleet)).sort(), soon).toEqual(['3/1', '3/1', '3/2']);
  expect(await holds(fleet, 'Complete')).toBe(false);

  // What is done stays done, though nobody could see it any longer.
  await expect
    .poll(async () => (await ours(fleet)).metadata.annotations?.[PLACEMENT], soon)
    .toContain(`"done":{"${ASIA}":3}`);
  await fleet.member(ASIA).admin.delete(jobs, key, { propagationPolicy: 'Background' });
  await end(fleet, EU, 'Complete');
  await expect.poll(async () => (await parts(fleet))[US], soon).toBe('3/3');
  await end(fleet, US, 'Complete');
  await expect.poll(() => holds(fleet, 'Complete'), soon).toBe(true);
  expect((await ours(fleet)).status).toMatchObject({ succeeded: 9, completionTime: '2026-01-01T00:01:00Z' });
  expect(await copyIn(fleet, ASIA)).toBeUndefined();

  await fleet.admin.patch(jobs, key, { type: 'merge', patch: { spec: { ttlSecondsAfterFinished: 0 } } });
  await expect.poll(async () => (await fleet.admin.list(jobs)).items, soon).toEqual([]);
  expect(await parts(fleet)).toEqual({});
});

it('follows preferences, and stops everywhere when one cluster has failed', async () => {
  await using fleet = await started();
  const preferences = JSON.stringify({ clusters: { [ASIA]: { weight: 1 }, [EU]: { weight: 3 } } });
  await expect(fleet.admin.create(jobs, job({}, { [PREFERENCES]: '{' }))).rejects.toMatchObject({ code: 422 });
  await fleet.admin.create(jobs, job({ completions: 8, parallelism: 4 }, { [PREFERENCES]: preferences }));
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '2/1', [EU]: '6/3' });
  await end(fleet, ASIA, 'Failed');
  await expect.poll(() => holds(fleet, 'Failed'), soon).toBe(true);
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '2/1', [EU]: '6/3 suspended' });
});

it('does an indexed Job in one cluster, and gives what a policy takes from one cluster to another', async () => {
  await using fleet = await started();
  const place = { resourceSelectors: [{ apiVersion: 'batch/v1', kind: 'Job' }] };
  const only = (...clusterNames: string[]) => ({ ...place, placement: { clusterAffinity: { clusterNames } } });
  await fleet.admin.create(placementPolicies, { metadata: { ...key }, spec: only(ASIA) });
  await fleet.admin.create(jobs, job({ completions: 4, parallelism: 2, completionMode: 'Indexed' }));
  await expect.poll(() => parts(fleet), soon).toEqual({ [ASIA]: '4/2' });
  const policy = await fleet.admin.get(placementPolicies, key);
  await fleet.admin.update(placementPolicies, { ...policy, spec: only(EU, US) });
  await expect.poll(async () => Object.keys(await parts(fleet)), soon).not.toContain(ASIA);
  await expect.poll(async () => Object.values(await parts(fleet)), soon).toEqual(['4/2']);

  const again = await fleet.admin.get(placementPolicies, key);
  await fleet.admin.update(placementPolicies, { ...again, spec: only('nowhere') });
  const told = async () => (await fleet.admin.list(events, { namespace: 'shop' })).items.map(({ reason }) => reason);
  await expect.poll(told, soon).toContain('PlacementUnsatisfied');
  expect(Object.values(await parts(fleet))).toEqual(['4/2']);
});

it('divides what each run of a CronJob has to do where it is asked to', async () => {
  await using fleet = await started();
  const even = JSON.stringify({ clusters: { '*': { weight: 1 } } });
  const { spec } = job({ completions: 6, parallelism: 3 });
  await fleet.admin.create(cronJobs, { metadata: key, spec: { schedule: '@yearly', jobTemplate: { spec } } });
  const runs = () =>
    Promise.all(
      fleet.members.map(async ({ admin }) => {
        const run = (await admin.list(cronJobs, { namespace: 'shop' })).items[0]?.spec.jobTemplate.spec;
        return `${run?.completions ?? '-'}/${run?.parallelism ?? '-'}`;
      }),
    );
  await expect.poll(runs, soon).toEqual(['6/3', '6/3', '6/3']);
  await fleet.admin.patch(cronJobs, key, {
    type: 'merge',
    patch: { metadata: { annotations: { [PREFERENCES]: even } } },
  });
  await expect.poll(runs, soon).toEqual(['2/1', '2/1', '2/1']);
});
