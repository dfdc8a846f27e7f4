import { createDecipheriv } from 'node:crypto';
import { expect, it } from 'vitest';
import { FakeClock } from '../../component-base/index.ts';
import { createMemoryStorage } from '../memory-storage.ts';
import type { Storage } from '../storage.ts';
import { parseEncryptionConfiguration } from './configuration.ts';
import { createEncryptedStorage } from './encrypted-storage.ts';

const KEY = '/registry/secrets/default/a';
const plain = Buffer.from('{"password":"hunter2"}');
const secretOf = (letter: string) => Buffer.alloc(32, letter).toString('base64');

const provider = (type: string, ...names: string[]) =>
  `- ${type}: { keys: [${names.map((name) => `{ name: ${name}, secret: ${secretOf(name)} }`).join(', ')}] }`;

async function over(inner: Storage, ...providers: string[]): Promise<Storage> {
  const text = [
    'apiVersion: apiserver.config.k8s.io/v1',
    'kind: EncryptionConfiguration',
    'resources:',
    '- resources: [secrets, "*.apps"]',
    '  providers:',
    ...providers.map((line) => `  ${line}`),
  ].join('\n');
  return createEncryptedStorage(inner, await parseEncryptionConfiguration(text));
}

const memory = () => createMemoryStorage({ clock: new FakeClock() });
const stored = async (inner: Storage, key = KEY) => Buffer.from((await inner.get(key))!.value).toString('latin1');

it.each(['aesgcm', 'aescbc', 'secretbox'])(
  '%s keeps what is written from the store and gives it back',
  async (type) => {
    const inner = memory();
    const storage = await over(inner, provider(type, 'a'));
    const created = await storage.create(KEY, plain);
    expect(Buffer.from(created.value)).toEqual(plain);
    const raw = await stored(inner);
    expect(raw.startsWith(`k8s:enc:${type}:v1:a:`)).toBe(true);
    expect(raw).not.toContain('hunter2');
    expect(await storage.get(KEY)).toBe(created);
    const [item] = (await storage.list('')).items;
    expect(item).toBe(created);
    const [again] = (await (await over(inner, provider(type, 'a'))).list('/registry/')).items;
    expect(Buffer.from(again!.value)).toEqual(plain);
    await storage.create('/registry/apps/deployments/default/a', plain);
    expect(await stored(inner, '/registry/apps/deployments/default/a')).toContain('k8s:enc:');
    await storage.create('/registry/configmaps/default/a', plain);
    expect(await stored(inner, '/registry/configmaps/default/a')).toContain('hunter2');
  },
);

it('writes AES-GCM as upstream does: nonce, ciphertext, tag, with the storage key authenticated', async () => {
  const inner = memory();
  await (await over(inner, provider('aesgcm', 'a'))).create(KEY, plain);
  const { value } = (await inner.get(KEY))!;
  const body = Buffer.from(value).subarray('k8s:enc:aesgcm:v1:a:'.length);
  const stream = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 'a'), body.subarray(0, 12));
  stream.setAAD(Buffer.from(KEY)).setAuthTag(body.subarray(-16));
  expect(Buffer.concat([stream.update(body.subarray(12, -16)), stream.final()])).toEqual(plain);

  // A secret that somebody moved to another name is of no use there.
  await inner.create('/registry/secrets/default/b', value);
  const moved = await (await over(inner, provider('aesgcm', 'a'))).get('/registry/secrets/default/b');
  expect(moved?.unreadable?.message).toBe(
    'unable to transform key "/registry/secrets/default/b": cipher: message authentication failed',
  );
});

it('refuses a secretbox that was tampered with', async () => {
  const inner = memory();
  const { modRevision } = await (await over(inner, provider('secretbox', 'a'))).create(KEY, plain);
  const value = Buffer.from((await inner.get(KEY))!.value);
  value[value.length - 1]! ^= 1;
  await inner.update(KEY, value, modRevision);
  const read = await (await over(inner, provider('secretbox', 'a'))).get(KEY);
  expect(read?.unreadable?.message).toContain('secretbox: message authentication failed');
});

it('goes from plain to one key to the next, an object at a time as it is written again', async () => {
  const inner = memory();
  await inner.create(KEY, plain);
  const first = await over(inner, provider('aescbc', 'a'), '- identity: {}');
  const kv = (await first.get(KEY))!;
  await first.update(KEY, kv.value, kv.modRevision);
  expect(await stored(inner)).toContain('k8s:enc:aescbc:v1:a:');

  const second = await over(inner, provider('aesgcm', 'b', 'a'), provider('aescbc', 'a'));
  const old = (await second.get(KEY))!;
  expect(Buffer.from(old.value)).toEqual(plain);
  const rewritten = await second.update(KEY, old.value, old.modRevision);
  expect(await stored(inner)).toContain('k8s:enc:aesgcm:v1:b:');

  const back = await over(inner, '- identity: {}', provider('aesgcm', 'b'));
  await back.update(KEY, (await back.get(KEY))!.value, rewritten.modRevision);
  expect(await stored(inner)).toBe(plain.toString());
});

it.each([
  ['another secret', [provider('aesgcm', 'b').replace('name: b', 'name: a')], 'cipher: message authentication failed'],
  ['no such key', [provider('aesgcm', 'b')], 'no configured key is the one that wrote it (k8s:enc:aesgcm:v1:a:)'],
  ['only plain text', ['- identity: {}'], 'no configured key is the one that wrote it (k8s:enc:aesgcm:v1:a:)'],
])(
  'tells what is wrong of an object when the configuration has %s, and serves the others',
  async (_name, providers, why) => {
    const inner = memory();
    await (await over(inner, provider('aesgcm', 'a'))).create(KEY, plain);
    await inner.create('/registry/configmaps/default/b', plain);
    const storage = await over(inner, ...providers);
    const [configMap, secret] = (await storage.list('')).items;
    expect(configMap?.unreadable).toBeUndefined();
    expect(secret?.unreadable?.message).toContain(`unable to transform key "${KEY}": `);
    expect(secret?.unreadable?.message).toContain(why);
    expect(secret).toMatchObject({ modRevision: 1, value: new Uint8Array() });
  },
);

it('does not take plain text for an object where no identity provider allows it', async () => {
  const inner = memory();
  await inner.create(KEY, plain);
  const storage = await over(inner, provider('aesgcm', 'a'));
  expect((await storage.get(KEY))?.unreadable?.message).toContain('no matching prefix found');
});

const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n';
const entry = (resources: string, providers: string) => `${head}- resources: ${resources}\n  providers: ${providers}\n`;
const short = Buffer.alloc(15).toString('base64');

it.each([
  ['kind: Pod', 'kind: Required value'],
  [head, 'resources: Required value: at least one resources is required'],
  [entry('[]', '[{ identity: {} }]'), 'resources[0].resources: Required value'],
  [entry('[secrets]', '[]'), 'resources[0].providers: Required value'],
  [entry('[Secrets]', '[{ identity: {} }]'), 'resource name should not contain capital letters'],
  [entry('["*"]', '[{ identity: {} }]'), "use '*.' to encrypt all the resources"],
  [entry('[secrets, "*."]', '[{ identity: {} }]'), 'overlapping resources'],
  [entry('[secrets, secrets]', '[{ identity: {} }]'), 'the same resource cannot be specified multiple times'],
  [entry('[secrets]', '[{ kms: { name: x } }]'), 'resources[0].providers[0].kms: Invalid value: "kms"'],
  [
    entry('[secrets]', '[{ secretbox: { keys: [{ name: x, secret: AAAAAAAAAAAAAAAAAAAAAA== }] } }]'),
    'resources[0].providers[0].secretbox.keys[0].secret: Invalid value: "REDACTED": secret is not of the expected length, got 16, expected one of [32]',
  ],
  [entry('[secrets]', '[{ rot13: {} }]'), 'does not contain any of the expected providers'],
  [entry('[secrets]', '[{ identity: {}, aesgcm: {} }]'), 'more than one provider specified in a single element'],
  [entry('[secrets]', '[{ aesgcm: { keys: [] } }]'), 'aesgcm.keys: Required value: at least one keys is required'],
  [entry('[secrets]', '[{ aescbc: { keys: [{ name: a, secret: "??" }] } }]'), 'secrets must be base64 encoded'],
  [entry('[secrets]', `[{ aescbc: { keys: [{ secret: ${short} }] } }]`), 'name is a mandatory field for a key'],
  [entry('[secrets]', `[{ aescbc: { keys: [{ name: a, secret: ${short} }] } }]`), 'got 15, expected one of [16 24 32]'],
  [`${entry('[secrets]', '[{ identity: {} }]')}colour: red\n`, 'colour: unknown field'],
])('refuses %j', async (text, problem) => {
  const refusal = await parseEncryptionConfiguration(text).catch((err: unknown) => String(err));
  expect(refusal).toContain(problem);
  expect(refusal).not.toContain(short);
});
