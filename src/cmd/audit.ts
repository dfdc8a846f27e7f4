import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { AuditPolicyError, parseAuditPolicy, type AuditOptions, type AuditPolicy } from '../apiserver/index.ts';
import type { Clock, Logger } from '../component-base/index.ts';
import type { AuditSpec } from '../../federation/fleet/index.ts';

const MAX_SIZE = '100M';
const KEPT_FILES = 10;
/** Events that wait for a slow disk; the rest is lost, and the component's log says so. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** For the last lines to reach a slow disk. */
const END_WITHIN_MS = 5_000;

/** Throws with the name of the file and every problem in it. */
export async function readAuditPolicy(file: string): Promise<AuditPolicy> {
  try {
    return await parseAuditPolicy(await readFile(file, 'utf8'));
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    const faults = err instanceof AuditPolicyError ? why.split('\n') : [`it cannot be read: ${why}`];
    throw new Error(faults.map((fault) => `the audit policy ${file}: ${fault}`).join('\n'), { cause: err });
  }
}

/** The policy, and a log of JSON lines that is begun anew when it is full; disposed, once all of it is written. */
export async function openAudit(
  { policyFile, logFile }: AuditSpec,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<AuditOptions & AsyncDisposable> {
  const policy = await readAuditPolicy(policyFile);
  const { createStream } = await import('rotating-file-stream');
  const name = basename(logFile);
  const stream = createStream((_time, index) => (index === undefined ? name : `${name}.${index}`), {
    path: dirname(logFile),
    size: MAX_SIZE,
    maxFiles: KEPT_FILES,
    mode: 0o600,
  });
  stream.on('error', (err: Error) => {
    log.error({ err, logFile }, 'the audit log cannot be written');
  });
  let lost = 0;
  return {
    policy,
    write: (line) => {
      if (stream.writableLength > MAX_WAITING_BYTES) {
        if (lost++ === 0) log.error({ logFile }, 'audit events are lost: the disk is too slow');
        return;
      }
      lost = 0;
      stream.write(`${line}\n`);
    },
    [Symbol.asyncDispose]: () => ended(stream, clock),
  };
}

/** A disk that does not take the last lines in time, or at all, keeps nobody from ending; the component's log has said so. */
async function ended(stream: Writable, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(END_WITHIN_MS, () => {
    stream.destroy();
  });
  stream.once('close', () => {
    resolve(undefined);
  });
  stream.end(() => {
    stream.destroy();
  });
  await promise;
  cancel();
}
