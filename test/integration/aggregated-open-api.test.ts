import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aggregation } from '../../src/aggregation/index.ts';
import { apiServices, configMaps, namespaces, secrets, services } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { createCertificateAuthority, issueServingCertificate, type CertificateAuthority } from '../../src/pki/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { kubectlFor } from '../harness/kubectl.ts';
import { kubectlVersions } from '../harness/kubectl-versions.ts';

const GROUP = 'metrics.example.com';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const READING = 'com.example.metrics.v1.Reading';
const PATIENCE = { timeout: 5_000 };
const ref = (name: string) => ({ $ref: `#/definitions/${name}` });
const kind = { group: GROUP, version: 'v1', kind: 'Reading' };

const discovery = (version: string) => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${GROUP}/${version}`,
  resources: [
    { name: 'readings', singularName: 'reading', namespaced: true, kind: 'Reading', verbs: ['get', 'create'] },
  ],
});

const document = {
  swagger: '2.0',
  info: { title: 'metrics', version: '1' },
  paths: {
    [`/apis/${GROUP}/v1/namespaces/{namespace}/readings/{name}`]: {
      parameters: [{ $ref: '#/parameters/name' }],
      get: {
        operationId: 'readReading',
        responses: { 200: { description: 'OK', schema: ref(READING) } },
        'x-kubernetes-group-version-kind': kind,
      },
    },
    '/version/': { get: { responses: { 200: { description: 'OK' } } } },
  },
  parameters: { name: { name: 'name', in: 'path', required: true, type: 'string' } },
  definitions: {
    [READING]: {
      description: 'Reading is what an instrument showed.',
      type: 'object',
      required: ['celsius'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: ref(META),
        celsius: { description: 'How warm it was.', type: 'integer', format: 'int32' },
      },
      'x-kubernetes-group-version-kind': [kind],
    },
    [META]: {
      description: 'What another server says of metadata.',
      type: 'object',
      properties: { name: { type: 'string' }, namespace: { type: 'string' } },
    },
  },
};

/** Of two servers, the one of `v2` describes itself by what nobody can read. */
async function startExtension(ca: CertificateAuthority): Promise<Server> {
  const { key, certificate: cert } = await issueServingCertificate(ca, {
    commonName: 'metrics',
    hosts: ['good.default.svc', 'bad.default.svc'],
  });
  const server = createServer({ key, cert }, ({ url = '', headers }, response) => {
    const [path = ''] = url.split('?');
    const version = path.split('/')[3];
    response.setHeader('content-type', 'application/json');
    if (path === '/openapi/v2') {
      response.end(headers.host === 'bad.default.svc' ? '{"swagger":"2.0","paths":[' : JSON.stringify(document));
    } else if (version !== undefined) response.end(JSON.stringify(discovery(version)));
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the document in version 2 with what is served behind the server', () => {
  const disposables = new AsyncDisposableStack();
  let api: TestApiServer;

  beforeAll(async () => {
    const ca = await createCertificateAuthority();
    const extension = await startExtension(ca);
    disposables.defer(() => {
      extension.closeAllConnections();
      extension.close();
    });
    const resources = [namespaces, services, configMaps, secrets, apiServices];
    api = disposables.use(
      await startTestApiServer({ listen: true, resources, namespaces: ['default', 'kube-system'] }),
    );
    // @NOTE a server that listens on TCP has an address.
    const { port } = extension.address() as AddressInfo;
    const deps = { clock: systemClock, log: silentLogger };
    const informers = createInformerSet(api.admin, deps);
    const network = { clientCa: ca.certificate, resolveService: () => ({ host: '127.0.0.1', port }) };
    const parts = aggregation({ ...deps, server: api.server, client: api.admin, informers, network });
    disposables.use(await start([informers]));
    disposables.use(await start(parts));
    const own = await api.admin.raw('/openapi/v2');
    expect(own).not.toContain(READING);
    for (const [version, name] of [
      ['v2', 'bad'],
      ['v1', 'good'],
    ] as const) {
      await api.admin.create(services, { metadata: { namespace: 'default', name }, spec: { ports: [{ port: 443 }] } });
      await api.admin.create(apiServices, {
        metadata: { name: `${version}.${GROUP}` },
        spec: {
          group: GROUP,
          version,
          service: { namespace: 'default', name },
          caBundle: Buffer.from(ca.certificate).toString('base64'),
          groupPriorityMinimum: 100,
          versionPriority: version === 'v1' ? 200 : 100,
        },
      });
    }
    await vi.waitFor(async () => {
      expect(await api.admin.raw('/openapi/v2')).toContain(READING);
    }, PATIENCE);
  });

  afterAll(() => disposables.disposeAsync());

  it('has its paths and definitions, and its own name for what is known otherwise', async () => {
    const text = await api.admin.raw('/openapi/v2');
    expect(JSON.parse(text)).toMatchObject({
      info: { title: 'Kubernetes' },
      paths: {
        '/api/v1/namespaces': {},
        [`/apis/${GROUP}/v1/namespaces/{namespace}/readings/{name}`]: { parameters: [{ name: 'name', in: 'path' }] },
      },
      definitions: {
        [READING]: { properties: { metadata: ref(`${META}_v2`) } },
        [META]: { properties: { labels: {} } },
        [`${META}_v2`]: { description: 'What another server says of metadata.' },
      },
    });
    expect(text).not.toContain('"/version/"');
  });

  it.each(kubectlVersions())('lets kubectl $version explain and check its kinds', async ({ program, minor }) => {
    await using kubectl = await kubectlFor(api, { program });
    expect(await kubectl.out('explain configmaps.data')).toMatch(/FIELD: +data <map\[string\]string>/);
    // Later ones read the documents in version 3, of which this server has none.
    if (minor >= 27) return;
    expect(await kubectl.out('explain readings')).toContain('Reading is what an instrument showed.');
    expect(await kubectl.out('explain readings.celsius')).toMatch(/FIELD: +celsius <integer>[^]*How warm it was/);
    const manifest = { apiVersion: `${GROUP}/v1`, kind: 'Reading', metadata: { name: 'a' }, celsius: 1 };
    const checked = (object: object) =>
      kubectl.run(['create', '--dry-run=client', '-o', 'name', '-f', '-'], JSON.stringify(object));
    expect(await checked(manifest)).toMatchObject({ code: 0, stdout: 'reading.metrics.example.com/a\n' });
    const { code, stderr } = await checked({ ...manifest, fahrenheit: 1 });
    expect(code).toBe(1);
    expect(stderr).toContain('unknown field "fahrenheit" in com.example.metrics.v1.Reading');
  });

  it('forgets what is served no more', async () => {
    await api.admin.delete(apiServices, { name: `v1.${GROUP}` });
    await expect.poll(() => api.admin.raw('/openapi/v2'), PATIENCE).not.toContain(READING);
  });
});
