import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startTraceCollector } from '../harness/trace-collector.ts';
import { Sandbox } from './fleet.ts';

const soon = { timeout: 30_000, interval: 100 };

it('traces an object of the federation into a member, each of which is a process of its own', async () => {
  await using collector = await startTraceCollector();
  await using sandbox = await Sandbox.create();
  const file = join(sandbox.directory, 'tracing.yaml');
  const kind = 'apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n';
  await writeFile(file, `${kind}endpoint: ${collector.url}\nsamplingRatePerMillion: 1000000\n`);
  await sandbox.up('--clusters', '1', '--nodes', '1', '--tracing-config-file', file);
  await sandbox.kubectl('--context', 'federation-cluster', 'create', 'configmap', 'settings');

  const served = () =>
    collector.spans.filter(
      ({ from, attributes, parentSpanId }) =>
        from.startsWith('koinon-member ') &&
        attributes['url.path'] === '/api/v1/namespaces/mynamespace/configmaps' &&
        attributes['verb'] === 'create' &&
        parentSpanId !== undefined,
    );
  const parentOf = (span: { readonly parentSpanId: string | undefined } | undefined) =>
    collector.spans.find(({ spanId }) => spanId === span?.parentSpanId);
  await expect.poll(() => parentOf(parentOf(served()[0])), soon).toBeDefined();
  const call = parentOf(served()[0]);
  expect(call).toMatchObject({ from: 'koinon-federation myfederation', name: 'create configmaps' });
  expect(parentOf(call)).toMatchObject({ name: 'copy', attributes: { 'koinon.object': 'mynamespace/settings' } });
});
