import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Prometheus, promtool, withoutPrometheus } from '../harness/prometheus.ts';
import { freePort, mustSucceed, Sandbox } from './fleet.ts';

const root = join(import.meta.dirname, '..', '..');
const examples = join(root, 'examples', 'monitoring');
const soon = { timeout: 30_000, interval: 100 };
/** Of a metric, before its labels or the end of what it is in. */
const NAMES = /\b(?:koinon|apiserver|dns|workqueue)_[a-z_]+\b/g;

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const readPage = () => readFile(join(root, 'docs', 'reference', 'metrics.md'), 'utf8');

/** What stands there, as a user would type it. */
function documentedCommands(page: string): string {
  return /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
}

/** With what has metrics only where it is asked for. */
const fleetFile = `
clusters:
  - { name: gce-asia-east1, region: asia-east1 }
  - { name: gce-europe-west1, region: europe-west1 }
nodes: 1
federation:
  dns:
    access: { query: [any] }
    rateLimit: { responsesPerSecond: 1000 }
    keys: [{ name: transfer, secretFile: transfer.key }]
    transfers: [{ allow: [{ key: transfer }] }]
    updates: [{ allow: [{ key: transfer, names: [hosts.example.com] }] }]
`;

describe.skipIf(withoutPrometheus())('a real Prometheus', () => {
  it('finds no fault with the rules, and alerts when it should', () => {
    expect(promtool(examples, 'check', 'rules', 'rules.yaml')).toContain('SUCCESS');
    expect(promtool(examples, 'test', 'rules', 'rules.test.yaml')).toContain('SUCCESS');
  });

  it('watches a fleet by the examples, whose every metric there is, and tells when a member has gone', async () => {
    await using sandbox = await Sandbox.create();
    await writeFile(join(sandbox.directory, 'transfer.key'), 'c2VjcmV0IG9mIG5vYm9keSBhdCBhbGwgaW4gaGVyZQ==');
    await writeFile(join(sandbox.directory, 'fleet.yaml'), fleetFile);
    await sandbox.up('--config', join(sandbox.directory, 'fleet.yaml'));
    const directory = join(sandbox.directory, 'monitoring');
    await cp(examples, directory, { recursive: true });
    const page = await readPage();
    const commands = documentedCommands(page).replaceAll('examples/monitoring', directory);
    mustSucceed('the commands of the page', await sandbox.run('bash', ['-euc', commands]));
    const configuration = await readFile(join(directory, 'prometheus.yaml'), 'utf8');
    const quick = configuration.replaceAll(/_interval: 15s/g, '_interval: 200ms');
    await writeFile(join(directory, 'prometheus.yaml'), quick);
    const rules = await readFile(join(directory, 'rules.yaml'), 'utf8');
    await writeFile(join(directory, 'rules.yaml'), rules.replaceAll(/for: \d+m/g, 'for: 1s'));

    await using prometheus = new Prometheus(directory, await freePort());
    await expect.poll(() => prometheus.query('up == 1').catch(() => []), soon).toHaveLength(3);
    await expect
      .poll(() => prometheus.query('koinon_cluster_condition{condition="Ready",status="True"} == 1'), soon)
      .toHaveLength(2);
    expect(await prometheus.query('ALERTS{alertstate="firing"}')).toEqual([]);

    const dashboard = JSON.parse(await readFile(join(directory, 'dashboard.json'), 'utf8')) as Dashboard;
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    for (const expression of expressions) {
      const asked = expression.replaceAll('$__rate_interval', '1m').replaceAll('$cluster', '.*');
      await prometheus.ask('query', { query: asked });
    }
    const known = await prometheus.ask('metadata');
    const told = new Set(Object.keys(known as object));
    const used = [page, rules, ...expressions].flatMap((text) => text.match(NAMES) ?? []);
    const named = used.filter((name) => !name.endsWith('_'));
    const unknown = named.map((name) => name.replace(/_(bucket|count|sum)$/, '')).filter((name) => !told.has(name));
    expect(unknown).toEqual([]);

    mustSucceed('koinon cluster kill', await sandbox.koinon('cluster', 'kill', 'gce-europe-west1'));
    const alert = 'ALERTS{alertname="KoinonClusterOffline",alertstate="firing"}';
    await expect.poll(() => prometheus.query(alert), soon).toMatchObject([{ cluster: 'gce-europe-west1' }]);
  });
});
