import { expect, it } from 'vitest';
import { createTestCertificates } from '../../harness/certificates.ts';
import { hasKubectl, kubectlFor } from '../../harness/kubectl.ts';
import { startTestFederation } from './fixture.ts';

const soon = { timeout: 10_000, interval: 50 };
const POLICIES = 'examples/placement.yaml';

it.skipIf(!hasKubectl())('kubectl applies the example, and tells what policies have done', async () => {
  const { ca, serving, admin } = await createTestCertificates();
  const { cert: certificate, key, clientCa } = serving;
  const own = { host: '127.0.0.1', port: 0, certificate, key, clientCa };
  await using fleet = await startTestFederation({ federation: { serving: own } });
  await using kubectl = await kubectlFor({ url: fleet.url, certificates: { ca, admin } });

  await kubectl.out('create namespace mynamespace');
  expect(await kubectl.out(`apply -f ${POLICIES}`)).toContain('placementpolicy.policy.koinon.dev/web created');
  expect(await kubectl.out(`apply -f ${POLICIES}`)).not.toMatch(/created|configured/);
  expect(await kubectl.out(`apply --server-side --force-conflicts -f ${POLICIES}`)).toContain('serverside-applied');
  await kubectl.out('-n mynamespace create deployment nginx --image=nginx --replicas=5');
  const row = async (kind: string) => (await kubectl.out(`-n mynamespace get ${kind} web --no-headers`)).split(/ +/);
  await expect.poll(async () => (await row('pp')).slice(0, 4), soon).toEqual(['web', '0', '1', '0']);
  await expect.poll(async () => (await row('op')).slice(0, 4), soon).toEqual(['web', '0', '1', '0']);
  const record = async () => {
    const path = "jsonpath={.metadata.annotations['federation\\.koinon\\.dev/placement']}";
    const text = await kubectl.out(`-n mynamespace get deployment nginx -o ${path}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  await expect.poll(record, soon).toMatchObject({ policy: 'PlacementPolicy mynamespace/web', dependencies: true });
  expect(await kubectl.out('-n mynamespace describe pp web')).toMatch(/Status:\s+Objects: +1/);
  expect(await kubectl.out('-n mynamespace describe deployment nginx')).toMatch(
    /Placed +.*by PlacementPolicy mynamespace\/web/,
  );
  expect(await kubectl.out('explain placementpolicy.spec.placement.spreadConstraints')).toContain('minGroups');
  expect(await kubectl.out('api-resources --api-group=policy.koinon.dev --no-headers')).toMatch(/cpp/);
});
