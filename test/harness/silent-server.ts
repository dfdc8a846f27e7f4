import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createTestCertificates, type TestCertificates } from './certificates.ts';

export interface SilentServer extends AsyncDisposable {
  readonly url: string;
  readonly certificates: TestCertificates;
  readonly process: ChildProcess;
}

/** A process of its own that accepts every watch, sends one event and then nothing: to be killed, or stopped as if its power had gone. */
export async function startSilentServer(protocol: 'h2' | 'http/1.1'): Promise<SilentServer> {
  const certificates = await createTestCertificates();
  const child = fork(new URL('silent-server-process.ts', import.meta.url), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send({ protocol, key: certificates.serving.key, cert: certificates.serving.cert });
  // @NOTE the first message of the process is its port.
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `https://127.0.0.1:${port}`,
    certificates,
    process: child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
