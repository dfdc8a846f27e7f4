import { expect, it } from 'vitest';
import { configMaps } from '../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../src/apiserver/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';

const stumbling: AdmissionPlugin = {
  name: 'Stumbling',
  handles: ({ resource }) => resource.plural === 'configmaps',
  async mutate({ object }) {
    const labels = object?.metadata.labels;
    if (labels?.['stumble'] === undefined) return object ?? { apiVersion: '', kind: '', metadata: {} };
    throw new TypeError('there is more than labels');
  },
};

it('says what is wrong with an object that a plugin stumbled over, and else that the plugin did', async () => {
  await using api = await startTestApiServer({ admission: () => [stumbling] });
  const metadata = { namespace: 'default', name: 'a' };
  const stumble = { ...metadata, labels: { stumble: 'yes' } };
  const wrong = { ...metadata, labels: { stumble: 'not valid!' } };
  const invalid = 'metadata.labels: Invalid value: "not valid!"';
  await expect(api.admin.create(configMaps, { metadata: wrong })).rejects.toThrow(invalid);
  await expect(api.admin.create(configMaps, { metadata: stumble })).rejects.toThrow('there is more than labels');
  const made = await api.admin.create(configMaps, { metadata });
  const changed = (labels: Readonly<Record<string, string>>) =>
    api.admin.update(configMaps, { ...made, metadata: { ...made.metadata, labels } });
  await expect(changed(wrong.labels)).rejects.toThrow(invalid);
  await expect(changed(stumble.labels)).rejects.toThrow('there is more than labels');
});
