import { once } from 'node:events';
import http2 from 'node:http2';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { createApiServer } from '../../src/apiserver/index.ts';
import { typeTable } from '../../src/apis/index.ts';
import { createMetrics, FakeClock, silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import {
  CertificateLifetimes,
  createCertificateAuthority,
  followCertificateFiles,
  issueServingCertificate,
  type KeyPairPem,
} from '../../src/pki/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { testResources } from '../harness/resources.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const SECOND = 1 / 86_400;

it('shows a certificate that replaced another to new connections, and goes on with the old ones', async () => {
  const ca = await createCertificateAuthority();
  const issue = (seconds: number) =>
    issueServingCertificate(ca, { commonName: 'api', hosts: ['127.0.0.1'], validDays: seconds * SECOND });
  const first = await issue(10);
  const directory = await mkdtemp(join(tmpdir(), 'koinon-renewal-'));
  const files = { certificate: join(directory, 'api.crt'), key: join(directory, 'api.key') };
  const write = async ({ certificate, key }: KeyPairPem) => {
    await writeFile(files.key, key);
    await writeFile(files.certificate, certificate);
  };
  await write(first);

  const [metrics, clock, log] = [createMetrics(), new FakeClock(systemClock.now()), silentLogger];
  const server = createApiServer({
    resources: testResources,
    storage: createMemoryStorage({ clock: systemClock }),
    types: typeTable,
    clock: systemClock,
    log,
    metrics,
  });
  const pem = { cert: first.certificate, key: first.key, clientCa: ca.certificate };
  const listener = server.listener({ host: '127.0.0.1', port: 0, ...pem });
  const lifetimes = new CertificateLifetimes(metrics, clock);
  lifetimes.set('serving', first.certificate);
  const follower = followCertificateFiles({
    files,
    known: first,
    clock,
    log,
    onChange: ({ certificate: cert, key }) => {
      listener.renew({ cert, key });
      lifetimes.set('serving', cert);
    },
  });
  await using _running = await start([listener, follower]);
  const { hostname: host, port } = new URL(listener.url);
  const shown = async () => {
    const socket = connect({ host, port: Number(port), ca: ca.certificate });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const session = http2.connect(listener.url, { ca: ca.certificate });
  const ask = async () => {
    const stream = session.request({ ':path': '/healthz' }).resume();
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]; // @NOTE what this event has
    return headers[':status'];
  };
  const look = async () => {
    await expect.poll(() => clock.pending, soon).toBe(1);
    await clock.advance(60_000);
    await expect.poll(() => clock.pending, soon).toBe(1);
  };
  expect(await ask()).toBe(200);
  const before = await shown();
  const ttl = async () =>
    Number(/koinon_certificate_ttl_seconds\{certificate="serving"\} (\S+)/.exec(await metrics.metrics())?.[1]);
  expect(await ttl()).toBeLessThanOrEqual(10);

  // Half of a pair is nothing to be served, nor is what is no certificate.
  const second = await issue(3600);
  await writeFile(files.key, second.key);
  await look();
  await writeFile(files.certificate, 'nonsense');
  await look();
  expect(await shown()).toBe(before);
  expect(() => {
    listener.renew({ cert: second.certificate, key: first.key });
  }).toThrow();
  expect(await shown()).toBe(before);

  await write(second);
  await look();
  expect(await shown()).not.toBe(before);
  expect(await ask()).toBe(200);
  expect(await ttl()).toBeGreaterThan(3_000);
  session.destroy();
  await rm(directory, { recursive: true });
});
