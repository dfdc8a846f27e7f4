import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { configMaps, secrets } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import {
  createEmbeddedStorage,
  createEncryptedStorage,
  parseEncryptionConfiguration,
  type EncryptionConfiguration,
} from '../../src/storage/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { memberCertificates, startTestMember } from '../harness/member-cluster.ts';

const directory = mkdtempSync(join(tmpdir(), 'koinon-encryption-'));
const certificates = await memberCertificates();
const password = 'correct horse battery staple';
const key = { namespace: 'default', name: 'hidden' };

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function configuration(...providers: string[]): Promise<EncryptionConfiguration> {
  return parseEncryptionConfiguration(
    [
      'apiVersion: apiserver.config.k8s.io/v1',
      'kind: EncryptionConfiguration',
      'resources:',
      '- resources: [secrets]',
      '  providers:',
      ...providers.map((provider) => `  - ${provider}`),
    ].join('\n'),
  );
}

async function member(...providers: string[]): Promise<MemberCluster> {
  const encryption = await configuration(...providers);
  return startTestMember({ nodes: 0, storage: { type: 'embedded', directory }, certificates, encryption });
}

const aesgcm = (name: string) =>
  `aesgcm: { keys: [{ name: ${name}, secret: ${Buffer.alloc(32, name).toString('base64')} }] }`;

const onDisk = async (text: string) => (await readFile(join(directory, 'data.mdb'))).includes(text);

it('keeps secrets from the disk, turns keys, and tells of the one object that it cannot read', async () => {
  {
    await using first = await member(aesgcm('first'));
    await first.client.create(secrets, { metadata: key, stringData: { password } });
    await first.client.create(configMaps, { metadata: { ...key, name: 'plain' }, data: { a: 'for everybody' } });
    expect(await first.client.get(secrets, key)).toMatchObject({
      data: { password: Buffer.from(password).toString('base64') },
    });
  }
  expect(await onDisk('for everybody')).toBe(true);
  expect(await onDisk(Buffer.from(password).toString('base64'))).toBe(false);
  expect(await onDisk('k8s:enc:aesgcm:v1:first:')).toBe(true);
  {
    await using second = await member(aesgcm('second'), aesgcm('first'));
    const secret = await second.client.get(secrets, key);
    await second.client.update(secrets, { ...secret, immutable: true });
  }
  {
    await using third = await member(aesgcm('second'));
    expect((await third.client.get(secrets, key)).immutable).toBe(true);
  }
  // The parts of a control plane wait for what they cannot list; its API server answers meanwhile.
  const storage = createEmbeddedStorage({ directory, clock: systemClock, log: silentLogger });
  await using _running = await start([storage]);
  const encrypted = createEncryptedStorage(storage, await configuration(aesgcm('other'), 'identity: {}'));
  await using wrong = await startTestApiServer({
    resources: [configMaps, secrets],
    storage: encrypted,
    admission: () => [],
  });
  const refusal = { code: 500, reason: 'InternalError' };
  const get = wrong.admin.get(secrets, key);
  await expect(get).rejects.toMatchObject(refusal);
  await expect(get).rejects.toThrow('unable to transform key "/registry/secrets/default/hidden": no matching prefix');
  await expect(wrong.admin.list(secrets, { namespace: 'default' })).rejects.toMatchObject(refusal);
  expect((await wrong.admin.list(secrets, { labelSelector: 'a=b' })).items).toEqual([]);
  expect(await wrong.admin.get(configMaps, { ...key, name: 'plain' })).toBeDefined();
  await wrong.admin.create(secrets, { metadata: { ...key, name: 'new' } });
});
