import { isIPv6 } from 'node:net';
import { parseTsigKey, TsigKeyError, type TsigKey } from '../../tsig/index.ts';
import type { ProviderFactory } from '../config/provider-config.ts';
import type { ProviderSettings } from '../config/provider-settings.ts';
import { timeoutSetting } from '../config/http-settings.ts';
import { createRfc2136Provider } from './rfc2136-provider.ts';

/** Keys: `server` and `port`; `tsigKeyName`, `tsigSecret` or `tsigSecretFile`, `tsigAlgorithm`; `timeoutSeconds`. */
export const openRfc2136: ProviderFactory = async ({ settings, clock }) => {
  const host = settings.required('server');
  if (host.includes(':') && !isIPv6(host))
    throw settings.problem('server', 'is a name or an address, "port" beside it');
  const port = settings.integer('port', { min: 1, max: 65_535 }) ?? 53;
  const key = await tsigKey(settings);
  const timeoutMs = timeoutSetting(settings);
  return createRfc2136Provider({
    address: { host, port },
    clock,
    ...(key === undefined ? {} : { key }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
};

async function tsigKey(settings: ProviderSettings): Promise<TsigKey | undefined> {
  const [name, algorithm] = [settings.text('tsigKeyName'), settings.text('tsigAlgorithm')];
  const secret = await settings.secret('tsigSecret');
  if (name === undefined) {
    if (secret !== undefined) throw settings.problem('tsigSecret', 'needs "tsigKeyName" beside it');
    if (algorithm !== undefined) throw settings.problem('tsigAlgorithm', 'needs "tsigKeyName" beside it');
    return undefined;
  }
  if (secret === undefined) throw settings.problem('tsigKeyName', 'needs "tsigSecret" or "tsigSecretFile" beside it');
  try {
    return parseTsigKey({ name, secret, ...(algorithm === undefined ? {} : { algorithm }) });
  } catch (err) {
    if (err instanceof TsigKeyError) throw settings.problem('tsigKeyName', `makes no key: ${err.message}`);
    throw err;
  }
}
