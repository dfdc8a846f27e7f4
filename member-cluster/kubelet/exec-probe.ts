import { Writable } from 'node:stream';
import type { ContainerRuntime } from '../runtime/index.ts';
import type { ExecOutcome } from './container-probes.ts';

/** What is kept of the output, for the Event of a failure. */
const OUTPUT_BYTES = 1024;

/** Runs the command of a probe in its container. */
export async function probeByCommand(
  runtime: Pick<ContainerRuntime, 'exec'>,
  containerId: string,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ExecOutcome> {
  let output = '';
  const write = () =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (output.length < OUTPUT_BYTES) output += chunk.toString().slice(0, OUTPUT_BYTES - output.length);
        done();
      },
    });
  const streams = { stdout: write(), stderr: write(), onResize: () => undefined };
  const exitCode = await runtime.exec(containerId, { command, tty: false }, streams, signal);
  return { exitCode, output };
}
