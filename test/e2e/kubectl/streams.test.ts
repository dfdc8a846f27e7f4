import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kubectlFor } from '../../harness/kubectl.ts';
import { judgedByKubectl } from './judged.ts';

const soon = { timeout: 10_000, interval: 50 };

/** What a process has said so far; it ends with the test. */
function listen(child: ChildProcessWithoutNullStreams) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return {
    child,
    text: () => text,
    said: async (pattern: RegExp) => {
      await expect.poll(() => text, soon).toMatch(pattern);
      return pattern.exec(text)?.[1] ?? '';
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

judgedByKubectl('streams', ({ program, minor }, judge) => {
  const files: { directory?: string } = {};
  const file = (name: string) => join(files.directory ?? '', name);
  const out = (line: string) => judge().kubectl.out(line);
  const spawn = (...args: string[]) => listen(judge().kubectl.spawn(args));

  beforeAll(async () => {
    files.directory = await mkdtemp(join(tmpdir(), 'koinon-streams-'));
    const containers = [{ name: 'web', image: 'nginx', stdin: true, ports: [{ containerPort: 8080 }] }];
    const metadata = { name: 'web', labels: { app: 'web' } };
    await judge().kubectl.out(
      'create -f -',
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } }),
    );
    await out('expose pod web --port=80 --target-port=8080');
    await out('wait pod/web --for=condition=Ready --timeout=15s');
  });
  afterAll(() => rm(files.directory ?? '', { recursive: true }));

  it('copies a file into a container and back', async () => {
    const text = 'line\n'.repeat(50_000);
    await writeFile(file('sent'), text);
    await out(`cp ${file('sent')} web:/tmp/copied`);
    expect(await out('exec web -- wc -c /tmp/copied')).toContain('250000');
    await out(`cp web:/tmp/copied ${file('back')}`);
    expect((await readFile(file('back'), 'utf8')) === text).toBe(true);
  });

  it('forwards ports of a pod and of a Service', async () => {
    for (const [target, port] of [
      ['pod/web', '8080'],
      ['service/web', '80'],
    ] as const) {
      await using forward = spawn('port-forward', target, `:${port}`);
      const local = await forward.said(/Forwarding from 127\.0\.0\.1:(\d+)/);
      for (let request = 0; request < 3; request++) {
        const answer = await fetch(`http://127.0.0.1:${local}/healthz`);
        expect([answer.status, await answer.text()]).toEqual([200, 'ok\n']);
      }
    }
  });

  it('is a proxy of the whole API', async () => {
    await using proxy = spawn('proxy', '--port=0');
    const address = await proxy.said(/Starting to serve on (\S+)/);
    const answer = await fetch(`http://${address}/api/v1/namespaces/${judge().namespace}/pods/web`);
    expect(await answer.json()).toMatchObject({ kind: 'Pod', metadata: { name: 'web' } });
    const through = `/api/v1/namespaces/${judge().namespace}/pods/web:8080/proxy/healthz`;
    expect(await (await fetch(`http://${address}${through}`)).text()).toBe('ok\n');
  });

  it('attaches to what runs', async () => {
    await using attached = spawn('attach', '-i', 'web');
    await expect
      .poll(() => {
        attached.child.stdin.write('knock\n');
        return attached.text();
      }, soon)
      .toContain('stdin: knock');
  });

  it('follows a log until its pod is gone', async () => {
    await out('run short --image=nginx');
    await out('wait pod/short --for=condition=Ready --timeout=15s');
    await using followed = spawn('logs', '-f', 'short');
    await followed.said(/(started nginx)/);
    await out('delete pod short --grace-period=1');
    await expect.poll(() => followed.child.exitCode, soon).toBe(0);
  });

  it('watches what comes, changes and goes', async () => {
    await using watched = spawn('get', 'configmaps', '--watch', '-o', 'name');
    await watched.said(/(kube-root-ca.crt)/);
    await out('create configmap seen --from-literal=a=b');
    await watched.said(/(configmap\/seen)/);
    await using row = spawn('get', 'configmap', 'seen', '-w');
    await row.said(/^(NAME +DATA +AGE)\s*\nseen +1 /);
    await using one = spawn('get', 'configmap', 'seen', '--watch', '--output-watch-events');
    await one.said(/ADDED\s+(seen)/);
    await out('label configmap seen a=b');
    await row.said(/\n(seen) +1 +\S+\s*\nseen +1 /);
    await one.said(/MODIFIED\s+(seen)/);
    await out('delete configmap seen');
    await one.said(/DELETED\s+(seen)/);
  });

  async function withEditor(expression: string, line: string): Promise<string> {
    await writeFile(file('editor'), `#!/bin/sh\nexec sed -i '${expression}' "$1"\n`, { mode: 0o755 });
    const { member, namespace } = judge();
    await using kubectl = await kubectlFor(member, { program, namespace, env: { KUBE_EDITOR: file('editor') } });
    const { stdout, stderr } = await kubectl.run(line.split(' '));
    return stdout + stderr;
  }

  it('edits with an editor', async () => {
    await out('create configmap edited --from-literal=a=before');
    expect(await withEditor('s/before/after/', 'edit configmap edited')).toContain('configmap/edited edited');
    expect(await out('get configmap edited -o jsonpath={.data.a}')).toBe('after');
    expect(await withEditor('s/nothing/less/', 'edit configmap edited')).toContain('Edit cancelled, no changes made');
  });

  it.skipIf(minor < 24)('edits a subresource with an editor', async () => {
    await out('create deployment edited --image=nginx --replicas=0');
    const edit = 'edit deployment edited --subresource=status';
    expect(await withEditor('s/^status:/status:\\n  collisionCount: 7/', edit)).toContain('edited edited');
    expect(await out('get deployment edited -o jsonpath={.status.collisionCount}')).toBe('7');
  });
});
