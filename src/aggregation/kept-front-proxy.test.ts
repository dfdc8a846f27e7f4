import { expect, it } from 'vitest';
import { configMaps } from '../apis/index.ts';
import { FakeClock } from '../component-base/index.ts';
import { isIssuedBy } from '../pki/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { keptFrontProxy } from './kept-front-proxy.ts';

const DAY_MS = 24 * 60 * 60_000;
const CONFIG = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

it('is renewed before it is over, and shown once those behind could learn whom to believe', async () => {
  const clock = new FakeClock();
  const client = new FakeClient();
  const frontProxy = keptFrontProxy({ client, clientCa: 'PEM', clock });
  const believed = async () =>
    ((await client.get(configMaps, CONFIG)).data?.['requestheader-client-ca-file'] ?? '').split(/(?=-----BEGIN)/);
  const [first, same] = await Promise.all([frontProxy(), frontProxy()]);
  expect(same).toBe(first);
  expect(await believed()).toEqual([first.ca]);

  await clock.advance(290 * DAY_MS);
  expect(await frontProxy()).toBe(first);
  await clock.advance(5 * DAY_MS);
  expect(await frontProxy()).toBe(first);
  const [next = '', former] = await believed();
  expect(former).toBe(first.ca);

  await clock.advance(60_000);
  const second = await frontProxy();
  expect(second.certificate).not.toBe(first.certificate);
  expect(isIssuedBy(second.certificate, next)).toBe(true);

  await clock.advance(295 * DAY_MS);
  await frontProxy();
  expect(await believed()).toHaveLength(2);
});
