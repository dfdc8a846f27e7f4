import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/apimachinery/index.ts';
import { createRemoteClient } from '../../src/client/index.ts';
import type { TestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontabDefinition, crontabs, crontabVersion } from '../harness/definitions.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';

const BIG = '9007199254740993';
const MOST = '9223372036854775807';

const definition = crontabDefinition({
  versions: [
    crontabVersion('v1', {
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              'x-kubernetes-preserve-unknown-fields': true,
              properties: { bytes: { type: 'integer', format: 'int64' }, small: { type: 'integer', format: 'int32' } },
              'x-kubernetes-validations': [
                { rule: `!has(self.bytes) || self.bytes != ${MOST} - 1`, message: 'all but one' },
              ],
            },
          },
        },
      },
      additionalPrinterColumns: [{ name: 'Bytes', type: 'integer', jsonPath: '.spec.bytes' }],
    }),
  ],
});

const object = (spec: string, name = 'a') =>
  `{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"${name}"},"spec":${spec}}`;

describe.skipIf(!hasKubectl())('whole numbers of 64 bits', () => {
  let api: TestApiServer;
  let kubectl: Kubectl;
  const spec = () => kubectl.out('get ct a -o jsonpath={.spec}');

  beforeAll(async () => {
    api = await startCustomResourceServer({ listen: true });
    kubectl = await kubectlFor(api);
    await kubectl.out('create -f -', JSON.stringify(definition));
    await kubectl.out('wait --for=condition=Established crd/crontabs.stable.example.com --timeout=5s');
    await kubectl.out('apply -f -', object(`{"bytes":${BIG},"any":[{"thing":-${MOST}}]}`));
  });

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it('keep their digits through every way of writing', async () => {
    expect(await spec()).toBe(`{"any":[{"thing":-${MOST}}],"bytes":${BIG}}`);
    await kubectl.out('patch ct a --type=merge -p {"spec":{"image":"x"}}');
    expect(await spec()).toBe(`{"any":[{"thing":-${MOST}}],"bytes":${BIG},"image":"x"}`);
    await kubectl.out(`patch ct a --type=json -p [{"op":"test","path":"/spec/bytes","value":${BIG}}]`);
    const other = `[{"op":"test","path":"/spec/bytes","value":9007199254740995}]`;
    expect((await kubectl.run(['patch', 'ct', 'a', '--type=json', '-p', other])).code).not.toBe(0);
    await kubectl.out('apply --server-side --force-conflicts -f -', object(`{"bytes":${MOST}}`));
    expect(await spec()).toContain(`"bytes":${MOST}`);
    await kubectl.out('apply --server-side --force-conflicts -f -', object(`{"bytes":${BIG}}`));
    expect(await spec()).toContain(`"bytes":${BIG}`);
    expect(await kubectl.out('get ct a -o yaml')).toContain(`bytes: ${BIG}\n`);
    expect(await kubectl.out('get ct a')).toMatch(new RegExp(`a +${BIG}\n$`));
  });

  it('are compared by all of their digits', async () => {
    const patch = (digits: string) =>
      kubectl.run(['patch', 'ct', 'a', '--type=merge', '-p', `{"spec":{"bytes":${digits}}}`]);
    expect((await patch(BIG)).stdout).toContain('(no change)');
    expect((await patch('9007199254740995')).stdout).not.toContain('(no change)');
    expect((await patch('9223372036854775806')).stderr).toContain('all but one');
    expect((await patch(BIG)).code).toBe(0);
  });

  it('are refused where they do not fit', async () => {
    const { stderr } = await kubectl.run(['create', '-f', '-'], object(`{"small":${BIG}}`, 'b'));
    expect(stderr).toContain(
      `spec.small: Invalid value: "${BIG}": spec.small in body must be of type integer with format int32: "${BIG}"`,
    );
  });

  it('are read and written by our own client, in lists and in watches', async () => {
    const { ca, admin } = api.certificates;
    const credentials = { certificate: admin.certificate, key: admin.key };
    await using client = createRemoteClient({ server: api.url, ca, credentials });
    const seen = await client.get(crontabs, { namespace: 'default', name: 'a' });
    expect(JSON.stringify(seen)).toContain(`"bytes":${BIG}`);
    expect(JSON.stringify(parseJson(JSON.stringify(seen)))).toBe(JSON.stringify(seen));
    const updated = await client.update(crontabs, { ...seen, metadata: { ...seen.metadata, labels: { a: 'b' } } });
    expect(JSON.stringify(updated)).toContain(`"bytes":${BIG}`);
    const { items } = await client.list(crontabs, { namespace: 'default' });
    expect(JSON.stringify(items)).toContain(`"bytes":${BIG}`);
    for await (const event of client.watch(crontabs, { namespace: 'default', signal: AbortSignal.timeout(5_000) })) {
      expect(JSON.stringify(event)).toContain(`"bytes":${BIG}`);
      break;
    }
  });
});
