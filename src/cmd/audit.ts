import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AuditPolicyError, parseAuditPolicy, type AuditOptions, type AuditPolicy } from '../apiserver/index.ts';
import type { Logger } from '../component-base/index.ts';
import type { AuditSpec } from '../../federation/fleet/index.ts';

const MAX_SIZE = '100M';
const KEPT_FILES = 10;
/** Events that wait for a slow disk; the rest is lost, and the component's log says so. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

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

/** The policy, and a log of JSON lines that is begun anew when it is full. */
export async function openAudit({ policyFile, logFile }: AuditSpec, log: Logger): Promise<AuditOptions> {
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
  };
}
