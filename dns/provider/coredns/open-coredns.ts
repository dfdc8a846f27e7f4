import { timeoutSetting, tlsSettings, urlSetting } from '../config/http-settings.ts';
import type { ProviderFactory } from '../config/provider-config.ts';
import { absoluteName } from '../master-data.ts';
import { createCoreDnsProvider } from './coredns-provider.ts';

/**
 * Keys: `etcdEndpoints`, `etcdCaFile`, `etcdCertFile`, `etcdKeyFile` and `zones`, as the original had them; `path`, `user`
 * with `password` or `passwordFile`, `timeoutSeconds`.
 */
export const openCoreDns: ProviderFactory = async ({ settings, clock, log }) => {
  const [first, ...others] = settings.list('etcdEndpoints').map((text) => urlSetting(settings, 'etcdEndpoints', text));
  if (first === undefined) throw settings.problem('etcdEndpoints', 'is missing');
  const zones = settings.list('zones').map(absoluteName);
  if (zones.length === 0) throw settings.problem('zones', 'is missing: nothing in etcd tells them');
  const [path, name] = [settings.text('path'), settings.text('user')];
  const password = await settings.secret('password');
  if (name !== undefined && password === undefined) throw settings.problem('user', 'needs "password" beside it');
  if (name === undefined && password !== undefined) throw settings.problem('password', 'needs "user" beside it');
  // Files of the original have it, for what its installer told the clusters.
  if (settings.has('corednsEndpoints')) log.warn({ key: 'corednsEndpoints' }, 'dns provider key has no effect');
  const timeoutMs = timeoutSetting(settings);
  return createCoreDnsProvider({
    endpoints: [first, ...others],
    zones,
    clock,
    tls: await tlsSettings(settings, 'etcd'),
    ...(path === undefined ? {} : { path }),
    ...(name === undefined || password === undefined ? {} : { user: { name, password } }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
};
