import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import { aggregation } from '../../src/aggregation/index.ts';
import { apiServices, configMaps, namespaces, secrets, services } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { createCertificateAuthority, issueServingCertificate, type CertificateAuthority } from '../../src/pki/index.ts';
import { startTestApiServer, type TestApiServer } from '../harness/api-server.ts';
import { http1Transport } from '../harness/https.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';

const NAME = 'v1beta1.metrics.example.com';

interface Seen {
  readonly path: string;
  readonly user: string | undefined;
  readonly groups: string | undefined;
  readonly proxy: string | undefined;
  readonly certificate: Buffer;
}

/** An API server as somebody else would write one: it believes who shows a certificate of the control plane's CA. */
async function startExtension(ca: CertificateAuthority, seen: Seen[]): Promise<Server> {
  const serving = await issueServingCertificate(ca, { commonName: 'metrics', hosts: ['metrics.default.svc'] });
  const list = {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'metrics.example.com/v1beta1',
    resources: [
      {
        name: 'readings',
        singularName: 'reading',
        namespaced: true,
        kind: 'Reading',
        shortNames: ['rd'],
        verbs: ['get', 'list'],
      },
    ],
  };
  const reading = {
    apiVersion: 'metrics.example.com/v1beta1',
    kind: 'Reading',
    metadata: { name: 'a', namespace: 'default' },
  };
  const answers: Readonly<Record<string, unknown>> = {
    '/apis/metrics.example.com/v1beta1': list,
    '/apis/metrics.example.com/v1beta1/namespaces/default/readings': {
      apiVersion: 'metrics.example.com/v1beta1',
      kind: 'ReadingList',
      metadata: {},
      items: [reading],
    },
  };
  const server = createServer(
    { key: serving.key, cert: serving.certificate, ca: ca.certificate, requestCert: true, rejectUnauthorized: false },
    ({ url = '', headers, socket }, response) => {
      const path = url.split('?')[0] ?? '';
      if (!(socket instanceof TLSSocket)) throw new TypeError('the server speaks nothing but TLS');
      const { subject, raw } = socket.getPeerCertificate();
      const { 'x-remote-user': user, 'x-remote-group': groups } = headers;
      seen.push({
        path,
        user: user?.toString(),
        groups: groups?.toString(),
        proxy: subject.CN?.toString(),
        certificate: raw,
      });
      const answer = answers[path];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('API servers behind this one', () => {
  const seen: Seen[] = [];
  const disposables = new AsyncDisposableStack();
  let api: TestApiServer;
  let extension: Server;

  beforeAll(async () => {
    const ca = await createCertificateAuthority();
    extension = await startExtension(ca, seen);
    disposables.defer(() => {
      extension.closeAllConnections();
      extension.close();
    });
    api = disposables.use(
      await startTestApiServer({
        listen: true,
        resources: [namespaces, services, configMaps, secrets, apiServices],
        namespaces: ['default', 'kube-system'],
      }),
    );
    // @NOTE a server that listens on TCP has an address.
    const { port } = extension.address() as AddressInfo;
    const deps = { clock: systemClock, log: silentLogger };
    const informers = createInformerSet(api.admin, deps);
    const parts = aggregation({
      ...deps,
      server: api.server,
      client: api.admin,
      informers,
      network: {
        clientCa: ca.certificate,
        resolveService: (_namespace, name) => (name === 'metrics' ? { host: '127.0.0.1', port } : undefined),
      },
    });
    disposables.use(await start([informers]));
    disposables.use(await start(parts));
    const ports = [{ port: 443, protocol: 'TCP' }];
    await api.admin.create(services, { metadata: { namespace: 'default', name: 'metrics' }, spec: { ports } });
    await api.admin.create(apiServices, {
      metadata: { name: NAME },
      spec: {
        group: 'metrics.example.com',
        version: 'v1beta1',
        service: { namespace: 'default', name: 'metrics' },
        caBundle: Buffer.from(ca.certificate).toString('base64'),
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    });
    await vi.waitFor(async () => {
      expect(await condition(NAME)).toMatchObject({ status: 'True', reason: 'Passed' });
    });
  });

  afterAll(() => disposables.disposeAsync());

  const condition = async (name: string) =>
    findCondition((await api.admin.get(apiServices, { name })).status?.conditions, 'Available');

  it('registers what it serves itself', async () => {
    await expect.poll(() => condition('v1.')).toMatchObject({ status: 'True', reason: 'Local' });
    expect(await api.admin.get(apiServices, { name: 'v1.' })).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { version: 'v1', groupPriorityMinimum: 18_000, versionPriority: 1 },
    });
    await api.admin.delete(apiServices, { name: 'v1.' });
    await expect.poll(() => condition('v1.')).toMatchObject({ reason: 'Local' });
  });

  it('tells servers behind it whom to believe', async () => {
    const config = await api.admin.get(configMaps, {
      namespace: 'kube-system',
      name: 'extension-apiserver-authentication',
    });
    expect(config.data).toMatchObject({
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    });
    const [{ certificate } = { certificate: Buffer.alloc(0) }] = seen;
    const ca = new X509Certificate(config.data?.['requestheader-client-ca-file'] ?? '');
    expect(new X509Certificate(certificate).verify(ca.publicKey)).toBe(true);
  });

  it('lists what is served elsewhere', async () => {
    expect(JSON.parse(await api.admin.raw('/apis'))).toMatchObject({
      groups: expect.arrayContaining([expect.objectContaining({ name: 'metrics.example.com' })]) as unknown[],
    });
    expect(JSON.parse(await api.admin.raw('/apis/metrics.example.com'))).toMatchObject({
      preferredVersion: { version: 'v1beta1' },
    });
  });

  it.skipIf(!hasKubectl())('lets kubectl use it, as the user that it is', async () => {
    await using kubectl: Kubectl = await kubectlFor(api);
    expect(await kubectl.out('api-resources --api-group=metrics.example.com')).toMatch(/readings +rd +metrics/);
    seen.length = 0;
    expect(await kubectl.out('get readings -o name')).toBe('reading.metrics.example.com/a\n');
    expect(seen.find(({ path }) => path.endsWith('/readings'))).toMatchObject({
      user: 'kubernetes-admin',
      groups: 'system:masters, system:authenticated',
      proxy: 'front-proxy-client',
    });
  });

  it('says why one cannot be used, and answers 503 for it', async () => {
    const spec = { group: 'gone.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100 };
    const service = { namespace: 'default', name: 'nowhere' };
    await api.admin.create(apiServices, { metadata: { name: 'v1.gone.example.com' }, spec: { ...spec, service } });
    await expect
      .poll(() => condition('v1.gone.example.com'))
      .toMatchObject({
        status: 'False',
        reason: 'ServiceNotFound',
        message: 'service/nowhere in "default" is not present',
      });
    await expect(api.admin.raw('/apis/gone.example.com/v1/things')).rejects.toMatchObject({ code: 503 });
    await api.admin.delete(apiServices, { name: 'v1.gone.example.com' });
    await expect.poll(() => api.admin.raw('/apis')).not.toContain('gone.example.com');
  });

  it('can be behind another one itself', async () => {
    await using behind = await startTestApiServer({ listen: true, frontProxies: ['front-proxy-client'] });
    const proxy = await behind.certificates.issue('front-proxy-client');
    const other = await behind.certificates.issue('somebody');
    const headers = { 'x-remote-user': 'ann', 'x-remote-group': 'system:masters' };
    const path = '/api/v1/namespaces';
    expect(await http1Transport.send(behind, path, { headers, identity: proxy })).toMatchObject({ status: 200 });
    expect(await http1Transport.send(behind, path, { headers, identity: other })).toMatchObject({ status: 403 });
  });
});
