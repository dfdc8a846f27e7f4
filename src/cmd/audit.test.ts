import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLogger, systemClock } from '../component-base/index.ts';
import { openAudit } from './audit.ts';

const POLICY = '{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}';

it('has every line in its file when it ends', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-audit-'));
  const [policyFile, logFile] = [join(directory, 'policy.yaml'), join(directory, 'audit.log')];
  await writeFile(policyFile, POLICY);
  {
    await using audit = await openAudit({ policyFile, logFile }, { clock: systemClock, log: silentLogger });
    for (let line = 0; line < 10_000; line++) audit.write(`{"line":${line}}`);
  }
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(10_000);
  expect(lines.at(-1)).toBe('{"line":9999}');
  await rm(directory, { recursive: true });
});

it('ends when its disk takes nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-audit-'));
  const policyFile = join(directory, 'policy.yaml');
  await writeFile(policyFile, POLICY);
  const logFile = join(directory, 'policy.yaml', 'audit.log');
  const audit = await openAudit({ policyFile, logFile }, { clock: systemClock, log: silentLogger });
  audit.write('{}');
  await audit[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});
