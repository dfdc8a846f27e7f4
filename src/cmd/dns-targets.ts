import { BlockList, isIP } from 'node:net';
import { openProvider, providerName, ProviderConfigError, providers } from '../../dns/provider/index.ts';
import type { DnsProviderConfig } from '../../federation/fleet/index.ts';
import type { PublishTarget } from '../../federation/service-dns/index.ts';
import { matchesLabels, parseLabelSelector } from '../apimachinery/index.ts';
import type { Clock, Logger } from '../component-base/index.ts';

export interface DnsTargetsOptions {
  /** Whose records they are, where a provider's entry does not say. */
  readonly federation: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Their connections end with it. */
export interface DnsTargets extends AsyncDisposable {
  readonly targets: readonly PublishTarget[];
}

/** A provider takes so long to answer that changes of a moment had better gather. */
const PAUSE_MS = 250;

/** Where records are published, as the configuration says. Rejects with `ProviderConfigError`. */
export async function openTargets(
  configs: readonly DnsProviderConfig[],
  options: DnsTargetsOptions,
): Promise<DnsTargets> {
  await using opening = new AsyncDisposableStack();
  const targets: PublishTarget[] = [];
  for (const config of configs) {
    const target = await openTarget(config, options, opening);
    if (target.name === OWN_ZONE || targets.some(({ name }) => name === target.name)) {
      throw new ProviderConfigError(`DNS provider "${target.name}" is configured twice: give each a name of its own`);
    }
    targets.push(target);
  }
  const open = opening.move();
  return { targets, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** The name of the zone that the process keeps itself. */
const OWN_ZONE = 'local';

async function openTarget(
  config: DnsProviderConfig,
  { federation, domain, clock, log }: DnsTargetsOptions,
  opening: AsyncDisposableStack,
): Promise<PublishTarget> {
  const known = providerName(config.provider);
  if (known === undefined) {
    const all = Object.keys(providers).sort().join(', ');
    throw new ProviderConfigError(`there is no DNS provider "${config.provider}"; there are ${all}`);
  }
  const { name = known, zoneId, config: settings, configFile, directory } = config;
  const provider = await openProvider(
    {
      provider: known,
      where: `DNS provider ${name}`,
      ...(settings === undefined ? {} : { config: settings }),
      ...(configFile === undefined ? {} : { configFile }),
      ...(directory === undefined ? {} : { directory }),
      ...(zoneId === undefined ? {} : { zoneId }),
    },
    { factories: providers, clock, log },
  );
  opening.defer(async () => provider[Symbol.asyncDispose]?.());
  return { name, provider, pauseMs: PAUSE_MS, ...placeOf(config, { federation, domain }), ...choiceOf(config) };
}

/** Which records are ours there, and what they are called. */
function placeOf(
  { zone, suffix, ownership = 'txt', owner }: DnsProviderConfig,
  { federation, domain }: Pick<DnsTargetsOptions, 'federation' | 'domain'>,
): Pick<PublishTarget, 'zoneName' | 'suffix' | 'owner'> {
  const zoneName = zone ?? domain;
  const usual = domain === zoneName || domain.endsWith(`.${zoneName}`) ? domain : zoneName;
  const ending = suffix ?? usual;
  if (ending !== zoneName && !ending.endsWith(`.${zoneName}`)) {
    throw new ProviderConfigError(`names that end in ${ending} cannot be published in zone ${zoneName}`);
  }
  if (ownership === 'names' && owner !== undefined) {
    throw new ProviderConfigError(
      '"owner" is for "ownership: txt": where names alone tell whose they are there is one owner',
    );
  }
  return { zoneName, suffix: ending, ...(ownership === 'txt' ? { owner: owner ?? federation.toLowerCase() } : {}) };
}

/** What of the federation is published there, and how. */
function choiceOf(config: DnsProviderConfig): Omit<PublishTarget, 'name' | 'provider' | 'zoneName'> {
  const { ttlSeconds, serviceSelector, resyncSeconds, dryRun } = config;
  const tells = tellsOf(config);
  return {
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(serviceSelector === undefined ? {} : { takes: takesOf(serviceSelector) }),
    ...(tells === undefined ? {} : { tells }),
    ...(resyncSeconds === undefined ? {} : { resyncMs: resyncSeconds * 1000 }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

function takesOf(text: string): NonNullable<PublishTarget['takes']> {
  try {
    const selector = parseLabelSelector(text);
    return ({ metadata }) => matchesLabels(selector, metadata.labels);
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new ProviderConfigError(`"serviceSelector" is no label selector: ${why}`, { cause: err });
  }
}

function tellsOf({ addresses, exceptAddresses = [] }: DnsProviderConfig): PublishTarget['tells'] {
  if (addresses === undefined && exceptAddresses.length === 0) return undefined;
  const only = addresses && listOf(addresses);
  const except = listOf(exceptAddresses);
  return (address) => (only === undefined || isIn(only, address)) && !isIn(except, address);
}

function listOf(prefixes: readonly string[]): BlockList {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [address = '', length] = prefix.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, length === undefined ? (family === 'ipv6' ? 128 : 32) : Number(length), family);
  }
  return list;
}

const isIn = (list: BlockList, address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
