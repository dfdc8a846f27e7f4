import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/apimachinery/index.ts';
import { deployments, secrets, type Deployment, type Secret } from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const namespace = 'default';
const member = await startTestMember();
const { client } = member;

afterAll(() => member[Symbol.asyncDispose]());

/** What Helm 3 keeps of a release, in the parts that matter to a server. */
interface Release {
  readonly name: string;
  readonly version: number;
  readonly image: string;
}

const releaseName = ({ name, version }: Pick<Release, 'name' | 'version'>) => `sh.helm.release.v1.${name}.v${version}`;

/** The payload is base64 of gzip of JSON, and base64 again as data of a Secret. */
function stored(release: Release, status: string): Secret {
  const payload = gzipSync(JSON.stringify(release)).toString('base64');
  const { name, version } = release;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace,
      name: releaseName(release),
      labels: { owner: 'helm', name, status, version: String(version), modifiedAt: '1700000000' },
    },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(payload).toString('base64') },
  };
}

function read({ data }: Secret): Release {
  const payload = Buffer.from(data?.['release'] ?? '', 'base64').toString();
  // @NOTE written by `stored`.
  return JSON.parse(gunzipSync(Buffer.from(payload, 'base64')).toString()) as Release;
}

const releases = async (status: string) =>
  (await client.list(secrets, { namespace, labelSelector: `owner=helm,name=shop,status=${status}` })).items
    .map(read)
    .map(({ version }) => version);

const labelled = (release: Release, status: string) =>
  client.patch(
    secrets,
    { namespace, name: releaseName(release) },
    { type: 'merge', patch: { metadata: { labels: { status } } } },
  );

const key = { namespace, name: 'shop' };

const manifest = ({ image }: Release): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { ...key, labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'shop' } },
    template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'shop', image }] } },
  },
});

/** The three-way patch of a change of image: what somebody else changed meanwhile stays. */
const imagePatch = ({ image }: Release): JsonObject => ({
  spec: {
    template: { spec: { '$setElementOrder/containers': [{ name: 'shop' }], containers: [{ name: 'shop', image }] } },
  },
});

async function upgrade(from: Release, to: Release, replicas: number): Promise<void> {
  await client.create(secrets, stored(to, 'pending-upgrade'));
  await client.patch(deployments, key, { type: 'strategic', patch: imagePatch(to) });
  await ready(to, replicas);
  await labelled(from, 'superseded');
  await labelled(to, 'deployed');
}

/** As `--wait` asks: the newest generation seen, all replicas updated and available. */
async function ready({ image }: Release, replicas: number): Promise<void> {
  const state = async () => {
    const { metadata, spec, status } = await client.get(deployments, key);
    const seen = status?.observedGeneration === metadata.generation;
    return [seen, status?.updatedReplicas, status?.availableReplicas, spec?.template.spec?.containers[0]?.image];
  };
  await expect.poll(state, { timeout: 10_000 }).toEqual([true, replicas, replicas, image]);
}

it('keeps releases as Helm 3 does: install, upgrade, rollback, uninstall', async () => {
  // @NOTE as many as there are numbers.
  const [first, second, third] = [1, 2, 1].map((image, index) => ({
    name: 'shop',
    version: index + 1,
    image: `nginx:${image}`,
  })) as [Release, Release, Release];

  await client.create(secrets, stored(first, 'pending-install'));
  await client.create(deployments, manifest(first));
  await ready(first, 2);
  await labelled(first, 'deployed');
  await expect(client.create(secrets, stored(first, 'pending-install'))).rejects.toThrow('already exists');

  await client.patch(deployments, key, { type: 'merge', patch: { spec: { replicas: 3 } } });
  await upgrade(first, second, 3);
  expect([await releases('superseded'), await releases('deployed')]).toEqual([[1], [2]]);

  await upgrade(second, third, 3);
  expect([await releases('superseded'), await releases('deployed')]).toEqual([[1, 2], [3]]);

  await client.delete(deployments, key, { propagationPolicy: 'Background' });
  await client.deleteCollection(secrets, { namespace, labelSelector: 'owner=helm,name=shop' });
  expect((await client.list(secrets, { namespace, labelSelector: 'owner=helm' })).items).toEqual([]);
  await expect.poll(async () => (await client.list(deployments, { namespace })).items, { timeout: 5_000 }).toEqual([]);
});
