import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { FakeClock, silentLogger } from '../../src/component-base/index.ts';
import { ComponentProcess } from './component-process.ts';
import type { ComponentSpec } from './component.ts';

/** Long enough for a busy machine. */
const soon = { timeout: 10_000, interval: 10 };

const file = '/nowhere';
const spec: ComponentSpec = {
  kind: 'member',
  name: 'm1',
  block: 18,
  listen: { host: '127.18.0.1', port: 6443 },
  dataDirectory: file,
  pki: {
    ca: file,
    servingCertificate: file,
    servingKey: file,
    signerCertificate: file,
    signerKey: file,
    serviceAccountKey: file,
  },
};
const wrong = JSON.stringify({ level: 'warn', err: { message: 'the key does not fit' }, msg: 'list failed' });

/** A component that logs what is wrong, and then does what `then` says. */
function componentThat(then: string) {
  const clock = new FakeClock();
  const output = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const args = ['-e', `process.stderr.write(${JSON.stringify(`${wrong}\n`)}); ${then}`];
  const commandLine = () => ({ command: process.execPath, args });
  return { clock, component: new ComponentProcess(spec, { commandLine, clock, log: silentLogger, output }) };
}

it('says of one that does not become ready what its log tells, while it waits and when it gives up', async () => {
  const { clock, component } = componentThat('setInterval(() => 0, 1e6)');
  const started = component.start();
  const failure = expect(started).rejects.toThrow(
    'm1 was not ready within 60 s; the last that its log tells of: list failed: the key does not fit',
  );
  await expect.poll(() => component.message, soon).toBe('list failed: the key does not fit');
  await clock.advance(60_000);
  await failure;
  expect(component.state).toBe('Failed');
  await component.stop();
});

it('says of one that ends what its log tells', async () => {
  const { component } = componentThat('process.stderr.write("", () => process.exit(3))');
  await expect(component.start()).rejects.toThrow(/^m1 ended with code 3/);
});
