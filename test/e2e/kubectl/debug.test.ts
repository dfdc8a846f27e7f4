import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgedByKubectl } from './judged.ts';

const soon = { timeout: 15_000, interval: 50 };

/** What somebody sees who types at a kubectl, which ends with the test. */
function typingAt(child: ChildProcessWithoutNullStreams) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return {
    type: (line: string) => child.stdin.write(`${line}\n`),
    sees: (pattern: RegExp | string) => expect.poll(() => text, soon).toMatch(pattern),
    ends: async () => {
      await expect.poll(() => child.exitCode, soon).not.toBeNull();
      return child.exitCode;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** Before, what it sends is an alpha version of the API that no server takes any more. */
const SINCE = 25;

judgedByKubectl('debugging', ({ minor }, judge) => {
  describe.skipIf(minor < SINCE)('containers and nodes', () => {
    const out = (line: string) => judge().kubectl.out(line);
    const spawn = (line: string) => typingAt(judge().kubectl.spawn(line.split(' ')));
    const status = (name: string) =>
      out(`get pod web -o jsonpath={.status.ephemeralContainerStatuses[?(@.name=="${name}")].state}`);

    beforeAll(async () => {
      await out('run web --image=nginx --port=8080');
      await out('wait pod/web --for=condition=Ready --timeout=15s');
    });

    it('looks around in a pod that runs, from a container of its own', async () => {
      await using debugging = spawn('debug -i web --image=busybox --target=web --container=look');
      await expect.poll(() => status('look'), soon).toContain('running');
      debugging.type('cat /etc/hostname');
      await debugging.sees('web\n');
      expect(await out('exec web -c look -- cat /etc/hostname')).toBe('web\n');
      debugging.type('exit 3');
      expect(await debugging.ends()).toBe(0);
      await expect.poll(() => status('look'), soon).toContain('"exitCode":3');
      expect(await out('logs web -c look')).toContain('web\n');
      expect(await out('get pod web -o jsonpath={.status.phase}{.status.containerStatuses[0].ready}')).toBe(
        'Runningtrue',
      );
      expect(await out('describe pod web')).toMatch(/Ephemeral Containers:\s+look:[^]*Exit Code: +3/);
    });

    it('runs one command beside a container', async () => {
      await out('debug web --image=busybox --container=once --attach=false --quiet -- echo seen');
      await expect.poll(() => status('once'), soon).toContain('"exitCode":0');
      expect(await out('logs web -c once')).toBe('seen\n');
    });

    it('looks around on a node', async () => {
      await using debugging = spawn('debug -it node/test-node-1 --image=busybox');
      await debugging.sees(/Creating debugging pod (\S+)/);
      const pods = () => out('get pods -o name');
      await expect.poll(pods, soon).toContain('pod/node-debugger-test-node-1-');
      const pod = /pod\/(node-debugger-\S+)/.exec(await pods())?.[1] ?? '';
      await out(`wait pod/${pod} --for=condition=Ready --timeout=15s`);
      await expect
        .poll(() => {
          debugging.type('ls /host && hostname');
          return out(`logs ${pod}`);
        }, soon)
        .toMatch(/^test-node-1$/m);
      debugging.type('exit');
      await expect.poll(() => out(`get pod ${pod} -o jsonpath={.status.phase}`), soon).toBe('Succeeded');
      await debugging.ends();
    });
  });
});
