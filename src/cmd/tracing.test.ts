import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTracing } from './tracing.ts';

it('names the file and every fault in it', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'koinon-tracing-')), 'tracing.yaml');
  await expect(readTracing(file)).rejects.toThrow(`the tracing configuration ${file}: it cannot be read: ENOENT`);
  await writeFile(file, 'apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\nrate: 1\nendpoint: ""\n');
  await expect(readTracing(file)).rejects.toThrow(
    `the tracing configuration ${file}: rate: unknown field\nthe tracing configuration ${file}: endpoint: must be`,
  );
  await writeFile(file, 'apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\nendpoint: otel:1\n');
  expect(await readTracing(file)).toEqual({ url: 'http://otel:1/v1/traces', samplingRatePerMillion: 0 });
});
