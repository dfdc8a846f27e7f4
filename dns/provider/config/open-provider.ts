import type { Clock, Logger } from '../../../src/component-base/index.ts';
import type { OpenProvider, ProviderFactory } from './provider-config.ts';
import { ProviderConfigError } from './provider-config-error.ts';
import { readIniFile } from './ini-file.ts';
import { ProviderSettings, type SettingsSource, type SettingValue } from './provider-settings.ts';

/** Which provider, and how; plain data. */
export interface ProviderSpec {
  /** As `providerName` gives it. */
  readonly provider: string;
  readonly config?: Readonly<Record<string, SettingValue>>;
  /** Absolute; an INI file in place of `config`. */
  readonly configFile?: string;
  /** Where `config` stands, and what its files are relative to; `dns provider <name>` and the working directory. */
  readonly where?: string;
  readonly directory?: string;
  readonly zoneId?: string;
}

export interface OpenProviderDeps {
  readonly factories: Readonly<Record<string, ProviderFactory>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Rejects with `ProviderConfigError`. */
export async function openProvider(spec: ProviderSpec, deps: OpenProviderDeps): Promise<OpenProvider> {
  const { provider: name, zoneId } = spec;
  const factory = Object.hasOwn(deps.factories, name) ? deps.factories[name] : undefined;
  if (factory === undefined) throw new ProviderConfigError(`there is no DNS provider "${name}"`);
  const settings = new ProviderSettings(await sourceOf(spec));
  const log = deps.log.child({ component: 'dns-provider', provider: name });
  const opened = await factory({ settings, clock: deps.clock, log, ...(zoneId === undefined ? {} : { zoneId }) });
  settings.assertAllAsked();
  return opened;
}

async function sourceOf(spec: ProviderSpec): Promise<SettingsSource> {
  const { provider, config = {}, configFile, where = `dns provider ${provider}`, directory = '.' } = spec;
  return configFile === undefined ? { values: config, where, directory } : readIniFile(configFile);
}
