import { expect, it } from 'vitest';
import { forbidden, isObject } from '../../../src/apimachinery/index.ts';
import { configMaps, namespaces } from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import { createLogger } from '../../../src/component-base/index.ts';
import { startTestFederation } from './fixture.ts';

type Line = Readonly<Record<string, unknown>>;

/** What was written, a line of JSON a time. */
function lines() {
  const all: Line[] = [];
  const write = (text: string) => {
    const line: unknown = JSON.parse(text);
    if (isObject(line)) all.push(line);
  };
  return { all, write };
}

it('finds by the uid of an object, and by one id, a write in the log of the federation and in the audit of the member', async () => {
  const log = lines();
  const audit = lines();
  await using fleet = await startTestFederation({
    names: ['gce-asia-east1'],
    remote: true,
    api: {
      audit: {
        policy: { rules: [{ level: 'Metadata', verbs: ['create', 'update'] }], omitStages: ['RequestReceived'] },
        write: audit.write,
      },
    },
    federation: { log: createLogger({ level: 'debug', destination: log }) },
  });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const made = await fleet.admin.create(configMaps, { metadata: { namespace: 'shop', name: 'settings' }, data: {} });
  const uid = made.metadata.uid ?? '';
  const written = (action: string) => log.all.find((line) => line['uid'] === uid && line['action'] === action);
  const noted = (verb: string) =>
    audit.all
      .filter((event) => event['verb'] === verb && String(event['auditID']).startsWith(`${uid}.`))
      .map(({ auditID }) => auditID);

  await expect
    .poll(() => written('Create'))
    .toMatchObject({ cluster: 'gce-asia-east1', copy: 'configmaps shop/settings' });
  await expect.poll(() => noted('create')).toEqual([written('Create')?.['auditID']]);

  await fleet.admin.patch(
    configMaps,
    { namespace: 'shop', name: 'settings' },
    { type: 'merge', patch: { data: { a: '1' } } },
  );
  await expect.poll(() => written('Update')).toBeDefined();
  await expect.poll(() => noted('update')).toEqual([written('Update')?.['auditID']]);
  expect(written('Update')?.['auditID']).not.toBe(written('Create')?.['auditID']);
});

it('tells with what a member refuses under which id that is noted there', async () => {
  const log = lines();
  const audit = lines();
  const refusing: AdmissionPlugin = {
    name: 'Refusing',
    handles: ({ resource, operation }) => resource.plural === 'configmaps' && operation === 'CREATE',
    validate: ({ name }) => Promise.reject(forbidden(configMaps, name, 'not here')),
  };
  await using fleet = await startTestFederation({
    names: ['gce-asia-east1'],
    remote: true,
    api: {
      admission: () => [refusing],
      audit: { policy: { rules: [{ level: 'Metadata' }], omitStages: ['RequestReceived'] }, write: audit.write },
    },
    federation: { log: createLogger({ destination: log }) },
  });
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const made = await fleet.admin.create(configMaps, { metadata: { namespace: 'shop', name: 'settings' }, data: {} });
  const failed = () => log.all.find((line) => line['copy'] === 'configmaps shop/settings')?.['auditID'];
  await expect.poll(failed).toMatch(new RegExp(`^${made.metadata.uid ?? ''}\\.[0-9a-f]{8}$`));
  const noted = () => audit.all.find(({ auditID }) => auditID === failed());
  await expect.poll(noted).toMatchObject({ verb: 'create', responseStatus: { code: 403 } });
});
