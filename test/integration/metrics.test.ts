import { expect, it } from 'vitest';
import { startFederation } from '../../federation/control-plane/index.ts';
import { deployments } from '../../src/apis/index.ts';
import { systemClock } from '../../src/component-base/index.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { adminUser, startTestApiServer } from '../harness/api-server.ts';
import { http1Transport } from '../harness/https.ts';
import { startTestMember } from '../harness/member-cluster.ts';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: ReadonlySet<string>;
  readonly series: number;
}

/** What others have named already; whatever else there is carries our name. */
const PREFIXES = /^(apiserver|workqueue|rest_client|dns|koinon)_/;
/** Anybody can make up as many of these as he likes. */
const UNBOUNDED = ['namespace', 'pod', 'node', 'uid', 'user', 'path', 'url', 'client', 'key', 'instance', 'error'];
const MOST_SERIES = 400;

function parse(text: string): readonly Metric[] {
  const blocks = text.split(/^(?=# HELP )/m).filter((block) => block.startsWith('# HELP'));
  return blocks.map((block) => {
    const [, name = '', help = ''] = /^# HELP (\S+) (.*)$/m.exec(block) ?? [];
    const samples = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const labels = samples.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label));
    const series = samples.filter((line) => !line.includes('_bucket{')).length;
    return { name, help, type: /^# TYPE \S+ (\w+)$/m.exec(block)?.[1] ?? '', labels: new Set(labels), series };
  });
}

function problemsOf({ name, type, help, labels, series }: Metric): readonly string[] {
  const problems: string[] = [];
  if (!PREFIXES.test(name) || !/^[a-z][a-z0-9_]*$/.test(name)) problems.push('is not named as metrics are');
  if (help === '' || !help.endsWith('.')) problems.push('does not say in a sentence what it is');
  if ((type === 'counter') !== name.endsWith('_total'))
    problems.push('ends in _total and is no counter, or the reverse');
  if (/_(ms|milliseconds|minutes|hours|kb|kib|mb|percent)(_|$)/.test(name)) problems.push('is not in a base unit');
  if (type === 'histogram' && !/_(seconds|bytes)$/.test(name)) problems.push('does not tell its unit');
  for (const label of UNBOUNDED) if (labels.has(label)) problems.push(`has the label ${label}, which has no end`);
  if (series > MOST_SERIES) problems.push(`has ${series} series`);
  return problems.map((problem) => `${name} ${problem}`);
}

const ofServer = ['apiserver_request_total', 'apiserver_request_duration_seconds', 'apiserver_longrunning_requests'];

function check(text: string, expected: readonly string[]): void {
  const metrics = parse(text);
  expect(metrics.map(({ name }) => name)).toEqual(expect.arrayContaining([...expected]));
  expect(metrics.flatMap(problemsOf)).toEqual([]);
}

it("names a member's metrics as Kubernetes does", async () => {
  await using member = await startTestMember();
  const labels = { app: 'web' };
  await member.client.create(deployments, {
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  });
  check(await member.client.raw('/metrics'), [...ofServer, 'workqueue_adds_total', 'workqueue_depth']);
});

it("names the federation's metrics as Kubernetes does", async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await using federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  check(await federation.client(adminUser).raw('/metrics'), ofServer);
});

it('counts what nobody serves under no names of its own', async () => {
  await using api = await startTestApiServer({ listen: true });
  const made = ['/made/up', '/api/v1/made-up', '/apis/made/up/pods', '/api/v1/namespaces/default/pods/a/made-up'];
  for (const path of made) expect((await http1Transport.send(api, path)).status).toBe(404);
  const text = await api.admin.raw('/metrics');
  expect(text).not.toMatch(/made/);
  expect(text).toMatch(/apiserver_request_total\{verb="GET",.*resource="pods",subresource="other",.*code="404"\} 1/);
});
