import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Attach, Cp, Exec, KubeConfig, Log, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pods } from '../../src/apis/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { issueClientCertificate } from '../../src/pki/index.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

const given: { cluster?: MemberCluster; config?: KubeConfig } = {};

beforeAll(async () => {
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const cluster = await startTestMember({ network: { block }, certificates, nodes: 1 });
  const admin = await issueClientCertificate(certificates.ca, {
    commonName: 'admin',
    organizations: ['system:masters'],
  });
  const encode = (pem: string) => Buffer.from(pem).toString('base64');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'test', server: cluster.url, caData: encode(certificates.ca.certificate) }],
    users: [{ name: 'admin', certData: encode(admin.certificate), keyData: encode(admin.key) }],
    contexts: [{ name: 'test', cluster: 'test', user: 'admin' }],
    currentContext: 'test',
  });
  Object.assign(given, { cluster, config });
  const containers = [{ name: 'main', image: 'nginx:1', stdin: true, ports: [{ containerPort: 8080 }] }];
  await cluster.client.create(pods, { metadata: { namespace: 'default', name: 'web' }, spec: { containers } });
  const watching = cluster.client.watch(pods, { namespace: 'default', signal: AbortSignal.timeout(10_000) });
  for await (const { object } of watching) if (object.status?.phase === 'Running') break;
}, 30_000);

afterAll(async () => {
  await given.cluster?.[Symbol.asyncDispose]();
});

function config(): KubeConfig {
  if (given.config === undefined) throw new TypeError('not started');
  return given.config;
}

function collector(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough().on('error', () => undefined);
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}

it('runs commands, with input and their exit code', async () => {
  const [stdout, stderr, stdin] = [collector(), collector(), new PassThrough()];
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  const command = ['sh', '-c', 'head -n 1; echo oops >&2; exit 3'];
  await new Exec(config()).exec('default', 'web', 'main', command, stdout.stream, stderr.stream, stdin, false, resolve);
  stdin.write('a line\n');
  const status = await promise;
  expect(status.details?.causes?.[0]).toMatchObject({ reason: 'ExitCode', message: '3' });
  expect([stdout.text(), stderr.text()]).toEqual(['a line\n', 'oops\n']);
});

it('has a terminal that shows what is typed, and takes sizes', async () => {
  const [stdout, stdin] = [collector(), new PassThrough()];
  const { promise, resolve } = Promise.withResolvers<V1Status>();
  await new Exec(config()).exec('default', 'web', 'main', ['sh'], stdout.stream, null, stdin, true, resolve);
  stdin.write('echo $((\x03');
  stdin.write('echo hallo\r');
  await expect.poll(() => stdout.text()).toContain('echo hallo\r\nhallo\r\n/ # ');
  stdin.write('exit 0\r');
  expect((await promise).status).toBe('Success');
});

it('attaches', async () => {
  const [stdout, stdin] = [collector(), new PassThrough()];
  const socket = await new Attach(config()).attach('default', 'web', 'main', stdout.stream, null, stdin, false);
  await expect
    .poll(() => {
      stdin.write('knock\n');
      return stdout.text();
    })
    .toContain('stdin: knock');
  socket.close();
});

it('forwards a port over channels', async () => {
  const [output, errors, input] = [collector(), collector(), new PassThrough()];
  await new PortForward(config()).portForward('default', 'web', [8080], output.stream, errors.stream, input);
  input.write('GET /healthz HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
  await expect.poll(() => output.text()).toMatch(/^HTTP\/1\.1 200 OK[^]*ok\n$/);
  expect(errors.text()).toBe('');
});

it('copies folders into a container and back', async () => {
  const home = await mkdtemp(join(tmpdir(), 'koinon-cp-'));
  await mkdir(join(home, 'sent', 'deep'), { recursive: true });
  await mkdir(join(home, 'back'));
  const text = 'κοινόν\n'.repeat(50_000);
  await writeFile(join(home, 'sent', 'deep', 'file'), text);
  const cp = new Cp(config());
  await cp.cpToPod('default', 'web', 'main', join(home, 'sent'), '/tmp');
  // These resolve before anything has been copied.
  const count = async () => {
    const output = collector();
    const { promise, resolve } = Promise.withResolvers<V1Status>();
    const command = ['wc', '-c', '/tmp/deep/file'];
    await new Exec(config()).exec('default', 'web', 'main', command, output.stream, null, null, false, resolve);
    await promise;
    return Number.parseInt(output.text());
  };
  await expect.poll(count, { timeout: 10_000 }).toBe(Buffer.byteLength(text));
  await cp.cpFromPod('default', 'web', 'main', 'deep', join(home, 'back'), '/tmp');
  const copied = () =>
    readFile(join(home, 'back', 'deep', 'file'), 'utf8').then(
      (found) => found === text,
      () => false,
    );
  await expect.poll(copied, { timeout: 10_000 }).toBe(true);
  await rm(home, { recursive: true });
});

it('keeps nothing of clients that vanish', async () => {
  const openRequests = async () => {
    const metrics = (await given.cluster?.client.raw('/metrics')) ?? '';
    return [...metrics.matchAll(/^apiserver_longrunning_requests\{[^}]*resource="pods"[^}]*\} (\d+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  };
  await expect.poll(openRequests).toBe(0);
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () =>
      new Exec(config()).exec(
        'default',
        'web',
        'main',
        ['sleep', '1000'],
        new PassThrough(),
        null,
        new PassThrough(),
        false,
      ),
    ),
  );
  await expect.poll(openRequests).toBe(20);
  // @NOTE the client's type leaves out what `ws` has.
  for (const socket of sockets) (socket as unknown as { terminate(): void }).terminate();
  await expect.poll(openRequests).toBe(0);
});

it('follows a log until the container has ended', async () => {
  const output = collector();
  await new Log(config()).log('default', 'web', 'main', output.stream, { follow: true });
  await expect.poll(() => output.text()).toContain('started nginx:1');
  await given.cluster?.client.delete(pods, { namespace: 'default', name: 'web' }, { gracePeriodSeconds: 1 });
  await expect.poll(() => output.stream.writableFinished, { timeout: 5_000 }).toBe(true);
  expect(output.text()).toContain('ended with code 0');
});
