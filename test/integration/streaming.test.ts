import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMaps, pods, services } from '../../src/apis/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { issueClientCertificate } from '../../src/pki/index.ts';
import { hasKubectl } from '../harness/kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../harness/member-cluster.ts';

const TIMEOUT_MS = 30_000;
const WEBSOCKETS = {};
const SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
const LARGE_BYTES = 20 * 1024 * 1024;

const given: { cluster?: MemberCluster; home?: string } = {};

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function kubectl(args: readonly string[], env: Readonly<Record<string, string>>, stdin?: string): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const child = execFile('kubectl', args, { env: environment(env), timeout: TIMEOUT_MS }, (err, stdout, stderr) => {
    resolve({ code: err === null ? 0 : Number(err.code ?? 1), stdout, stderr });
  });
  child.stdin?.end(stdin ?? '');
  return promise;
}

function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const home = given.home ?? '';
  return { PATH: process.env['PATH'], HOME: home, KUBECONFIG: join(home, 'config'), ...env };
}

const exec = (command: readonly string[], env = WEBSOCKETS, stdin?: string) =>
  kubectl(['exec', ...(stdin === undefined ? [] : ['-i']), 'web', '--', ...command], env, stdin);

beforeAll(async () => {
  if (!hasKubectl()) return;
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const cluster = await startTestMember({ network: { block }, certificates, nodes: 1 });
  const home = await mkdtemp(join(tmpdir(), 'koinon-streaming-'));
  Object.assign(given, { cluster, home });
  const admin = await issueClientCertificate(certificates.ca, {
    commonName: 'admin',
    organizations: ['system:masters'],
  });
  const encode = (pem: string) => Buffer.from(pem).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [
      {
        name: 'test',
        cluster: { server: cluster.url, 'certificate-authority-data': encode(certificates.ca.certificate) },
      },
    ],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': encode(admin.certificate), 'client-key-data': encode(admin.key) },
      },
    ],
  };
  await writeFile(join(home, 'config'), JSON.stringify(config));
  const { client } = cluster;
  await client.create(configMaps, { metadata: { namespace: 'default', name: 'settings' }, data: { colour: 'blue' } });
  await client.create(pods, {
    metadata: { namespace: 'default', name: 'web', labels: { app: 'web' } },
    spec: {
      containers: [
        {
          name: 'main',
          image: 'nginx:1',
          stdin: true,
          ports: [{ containerPort: 8080 }],
          env: [{ name: 'GREETING', value: 'hello' }],
          volumeMounts: [{ name: 'settings', mountPath: '/etc/settings' }],
        },
      ],
      volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
    },
  });
  await client.create(services, {
    metadata: { namespace: 'default', name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  });
  await kubectl(['wait', '--for=condition=Ready', 'pod/web'], WEBSOCKETS);
}, 30_000);

afterAll(async () => {
  await given.cluster?.[Symbol.asyncDispose]();
  if (given.home !== undefined) await rm(given.home, { recursive: true });
});

describe.skipIf(!hasKubectl()).each([
  ['WebSockets', WEBSOCKETS],
  ['SPDY', SPDY],
])('kubectl over %s', (_, env) => {
  it('runs commands and tells how they end', async () => {
    expect(
      await exec(['sh', '-c', 'echo "$GREETING" | tee /tmp/x && cat /tmp/x /etc/settings/colour; exit 7'], env),
    ).toMatchObject({
      code: 7,
      stdout: 'hello\nhello\nblue',
      stderr: expect.stringContaining('exit code 7') as string,
    });
    expect(await exec(['nonsense'], env)).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('executable file not found in $PATH') as string,
    });
  });

  it('passes input on, to its end', async () => {
    const input = 'x'.repeat(300_000);
    expect(await exec(['wc', '-c'], env, input)).toMatchObject({ code: 0, stdout: '300000\n' });
    expect((await exec(['cat'], env, input)).stdout).toBe(input);
  });

  it('copies large files both ways', { timeout: TIMEOUT_MS }, async () => {
    const home = given.home ?? '';
    const data = randomBytes(LARGE_BYTES);
    await writeFile(join(home, 'large'), data);
    expect(await kubectl(['cp', join(home, 'large'), 'web:/tmp/large'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await kubectl(['cp', 'web:/tmp/large', join(home, 'back')], env)).toMatchObject({ code: 0 });
    expect(data.equals(await readFile(join(home, 'back')))).toBe(true);
  });

  it('forwards ports', { timeout: TIMEOUT_MS }, async () => {
    const port = await freePort();
    const child = spawn('kubectl', ['port-forward', 'pod/web', `${port}:8080`], { env: environment(env) });
    await once(child.stdout, 'data');
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
    );
    expect(answers).toEqual(Array.from({ length: 5 }, () => expect.stringContaining('web') as string));
    child.kill();
    await once(child, 'close');
  });

  it('has terminals', { timeout: TIMEOUT_MS }, async () => {
    const terminal = `kubectl exec -it web -- sh -c 'id; exit 5'`;
    const { promise, resolve } = Promise.withResolvers<string>();
    execFile(
      'script',
      ['-qec', terminal, '/dev/null'],
      { env: environment(env), timeout: TIMEOUT_MS },
      (err, stdout) => {
        resolve(`${String(err?.code)} ${stdout}`);
      },
    ).stdin?.end();
    // kubectl complains first when the command was over before it had told the size of the terminal.
    expect(await promise).toMatch(/^5 (?:E\d{4} .*"EOF"\s+)?uid=0\(root\)[^\n]*\r\n[^]*exit code 5/);
  });

  it('attaches', { timeout: TIMEOUT_MS }, async () => {
    const child = spawn('kubectl', ['attach', '-i', 'web'], { env: environment(env) });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await expect
      .poll(
        () => {
          child.stdin.write('knock\n');
          return output;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toContain('stdin: knock');
    child.kill();
    await once(child, 'close');
  });
});

describe.skipIf(!hasKubectl())('proxies', () => {
  const raw = (path: string) => kubectl(['get', '--raw', `/api/v1/namespaces/default/${path}`], WEBSOCKETS);

  it.each([
    ['a pod', 'pods/web/proxy/'],
    ['a port of a pod', 'pods/http:web:8080/proxy/deep/path?x=1'],
    ['a Service', 'services/web/proxy/'],
    ['a named port of a Service', 'services/http:web:http/proxy/'],
  ])('reach %s', async (_, path) => {
    expect(await raw(path)).toMatchObject({ code: 0, stdout: expect.stringContaining('web') as string });
  });

  it('pass on bodies that are larger than the API takes', async () => {
    const home = given.home ?? '';
    await writeFile(join(home, 'body'), Buffer.alloc(LARGE_BYTES, 32));
    const path = '/api/v1/namespaces/default/pods/web/proxy/upload';
    const posted = await kubectl(['create', '--raw', path, '-f', join(home, 'body')], WEBSOCKETS);
    expect(posted).toMatchObject({ code: 0, stdout: expect.stringContaining('"pod":"web"') as string });
  });

  it('say what is not there', async () => {
    await given.cluster?.client.create(services, {
      metadata: { namespace: 'default', name: 'nobody' },
      spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
    });
    expect((await raw('services/nobody/proxy/')).stderr).toContain('no endpoints available for service "nobody"');
    expect((await raw('pods/web:9999/proxy/')).stderr).toContain('error trying to reach service');
  });

  it('reach the kubelet of a node', async () => {
    const path = '/api/v1/nodes/test-node-1/proxy';
    expect((await kubectl(['get', '--raw', `${path}/healthz`], WEBSOCKETS)).stdout).toBe('ok');
    expect((await kubectl(['get', '--raw', `${path}/pods`], WEBSOCKETS)).stdout).toContain('"web"');
    expect((await kubectl(['get', '--raw', `${path}/nothing`], WEBSOCKETS)).code).not.toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

describe.skipIf(!hasKubectl())('kubectl, of a pod without a node', () => {
  it('reads no logs yet, and is told what is wrong first', async () => {
    const { cluster } = given;
    const containers = [{ name: 'main', image: 'nginx:1' }];
    await cluster?.client.create(pods, {
      metadata: { namespace: 'default', name: 'nowhere' },
      spec: { containers, nodeSelector: { no: 'such' } },
    });
    expect(await kubectl(['logs', 'nowhere'], WEBSOCKETS)).toEqual({ code: 0, stdout: '', stderr: '' });
    const told = async (...args: readonly string[]) => (await kubectl(args, WEBSOCKETS)).stderr;
    expect(await told('logs', 'nowhere', '-c', 'x')).toContain('container x is not valid for pod nowhere');
    expect(await told('exec', 'nowhere', '-c', 'x', '--', 'ls')).toContain('container x is not valid for pod nowhere');
    expect(await told('exec', 'nowhere', '--', 'ls')).toContain('pod nowhere does not have a host assigned');
  });
});
