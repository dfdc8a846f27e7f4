import { timeoutSetting, tlsSettings, urlSetting } from '../config/http-settings.ts';
import type { ProviderFactory } from '../config/provider-config.ts';
import { createPowerDnsProvider } from './powerdns-provider.ts';

/** Keys: `url`, `apiKey` or `apiKeyFile`, `serverId`, `timeoutSeconds`, and those of TLS. */
export const openPowerDns: ProviderFactory = async ({ settings, clock, log }) => {
  const url = urlSetting(settings, 'url', settings.required('url'));
  const apiKey = await settings.secret('apiKey');
  if (apiKey === undefined) throw settings.problem('apiKey', 'is missing, and so is "apiKeyFile"');
  const serverId = settings.text('serverId');
  const timeoutMs = timeoutSetting(settings);
  return createPowerDnsProvider({
    url,
    apiKey,
    clock,
    log,
    tls: await tlsSettings(settings),
    ...(serverId === undefined ? {} : { serverId }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
};
