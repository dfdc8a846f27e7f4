import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { etcdOf, type StorageFlags } from './etcd-config.ts';

const servers = ['https://10.0.0.1:2379'];

it('is nothing unless it is asked for', () => {
  expect(etcdOf({})).toBeUndefined();
  expect(etcdOf({ storage: 'embedded' })).toBeUndefined();
});

it('makes paths absolute', () => {
  const flags: StorageFlags = { storage: 'etcd', etcdServers: servers, etcdPrefix: '/a', etcdCafile: 'ca.pem' };
  expect(etcdOf(flags)).toEqual({ type: 'etcd', servers, prefix: '/a', caFile: resolve('ca.pem') });
});

it.each<[StorageFlags, string]>([
  [{ storage: 'etcd' }, '--storage etcd needs --etcd-servers'],
  [{ etcdServers: servers }, '--etcd-servers needs --storage etcd'],
  [{ storage: 'embedded', etcdPasswordFile: 'p' }, '--etcd-password-file needs --storage etcd'],
  [{ storage: 'etcd', etcdServers: servers, etcdCertfile: 'c' }, '--etcd-certfile and --etcd-keyfile go together'],
  [
    { storage: 'etcd', etcdServers: servers, etcdUsername: 'u' },
    '--etcd-username and --etcd-password-file go together',
  ],
])('refuses %j', (flags, message) => {
  expect(() => etcdOf(flags)).toThrow(message);
});
