import { resolve } from 'node:path';
import type { EtcdConfig } from '../../federation/fleet/index.ts';
import { UsageError } from './exit.ts';

/** Flags of the storage, as kube-apiserver has them. */
export interface StorageFlags {
  readonly storage?: 'embedded' | 'etcd';
  readonly etcdServers?: readonly string[];
  readonly etcdPrefix?: string;
  readonly etcdCafile?: string;
  readonly etcdCertfile?: string;
  readonly etcdKeyfile?: string;
  readonly etcdUsername?: string;
  readonly etcdPasswordFile?: string;
}

/** Undefined for storage in a directory. Throws `UsageError` when flags contradict each other. */
export function etcdOf(flags: StorageFlags): EtcdConfig | undefined {
  const given = (['Prefix', 'Cafile', 'Certfile', 'Keyfile', 'Username', 'PasswordFile', 'Servers'] as const).find(
    (name) => flags[`etcd${name}`] !== undefined,
  );
  if (flags.storage !== 'etcd') {
    if (given === undefined) return undefined;
    throw new UsageError(`--etcd-${kebab(given)} needs --storage etcd`);
  }
  const { etcdServers: servers, etcdPrefix: prefix, etcdUsername: username } = flags;
  if (servers === undefined) throw new UsageError('--storage etcd needs --etcd-servers');
  requireBoth(flags, 'etcdCertfile', 'etcdKeyfile');
  requireBoth(flags, 'etcdUsername', 'etcdPasswordFile');
  return {
    type: 'etcd',
    servers,
    ...(prefix === undefined ? {} : { prefix }),
    ...(username === undefined ? {} : { username }),
    ...file('caFile', flags.etcdCafile),
    ...file('certFile', flags.etcdCertfile),
    ...file('keyFile', flags.etcdKeyfile),
    ...file('passwordFile', flags.etcdPasswordFile),
  };
}

const kebab = (name: string) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

function requireBoth(flags: StorageFlags, one: keyof StorageFlags, other: keyof StorageFlags): void {
  if ((flags[one] === undefined) === (flags[other] === undefined)) return;
  throw new UsageError(`--${kebab(one)} and --${kebab(other)} go together`);
}

function file(key: 'caFile' | 'certFile' | 'keyFile' | 'passwordFile', path: string | undefined) {
  return path === undefined ? {} : { [key]: resolve(path) };
}
