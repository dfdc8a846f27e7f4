import { expect, it } from 'vitest';
import { clusters, withClusterTypes } from '../../../federation/apis/index.ts';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { typeTable } from '../../../src/apis/index.ts';
import { mapConcurrent, systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { createTestCertificates } from '../../harness/certificates.ts';
import { described, faultOf } from './answers.ts';
import { overHttp1 } from './connections.ts';
import { withEach, withoutEach } from './incomplete-objects.ts';
import { waysToSend } from './requests.ts';

const cluster = {
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name: 'a', labels: { fuzz: 'yes' } },
  spec: {
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'https://127.0.0.1:1' }],
    secretRef: { name: 'a' },
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }], region: 'r', zones: ['z'], version: 'v1.36.0' },
};

it('takes or refuses Clusters that lack something', async () => {
  const { ca, serving, admin } = await createTestCertificates();
  const { cert: certificate, key, clientCa } = serving;
  await using federation = await startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
    serving: { host: '127.0.0.1', port: 0, certificate, key, clientCa },
  });
  await using connection = overHttp1({ url: federation.url, ca, identity: admin });
  const [creation] = waysToSend(cluster, clusters, cluster, {});
  const created = creation && (await connection.send(creation));
  expect(created).toMatchObject({ status: 201 });

  const seen = new Set<string>();
  const types = withClusterTypes(typeTable);
  const objects = [...withoutEach(cluster, seen), ...withEach(cluster, clusters.schema, types, seen)];
  const requests = objects.flatMap((object) => waysToSend(object, clusters, cluster));
  const faults: string[] = [];
  await mapConcurrent(requests, 8, async (request) => {
    const fault = faultOf(await connection.send(request), request);
    if (fault !== undefined) faults.push(`${fault}\n${described(request)}`);
  });
  expect(requests.length).toBeGreaterThan(500);
  expect(faults).toEqual([]);
});
