import type { ProviderFactory } from './config/provider-config.ts';

/**
 * Every provider that can be configured, a line each; the code of one is loaded when it is opened. Zones that this process
 * keeps are not among them: they are served wherever there is a server.
 */
export const providers: Readonly<Record<string, ProviderFactory>> = {
  route53: async (config) => (await import('./route53/open-route53.ts')).openRoute53(config),
  google: async (config) => (await import('./google/open-google.ts')).openGoogle(config),
  azure: async (config) => (await import('./azure/open-azure.ts')).openAzure(config),
  cloudflare: async (config) => (await import('./cloudflare/open-cloudflare.ts')).openCloudflare(config),
  powerdns: async (config) => (await import('./powerdns/open-powerdns.ts')).openPowerDns(config),
  coredns: async (config) => (await import('./coredns/open-coredns.ts')).openCoreDns(config),
  zonefiles: async (config) => (await import('./zone-files/open-zone-files.ts')).openZoneFiles(config),
  rfc2136: async (config) => (await import('./rfc2136/open-rfc2136.ts')).openRfc2136(config),
};

/** Names that the original knew, in place of ours. */
const ALIASES: Readonly<Record<string, string>> = {
  'aws-route53': 'route53',
  'google-clouddns': 'google',
  'azure-azuredns': 'azure',
};

/** The one name of a provider; undefined for one that is not known. */
export function providerName(name: string): string | undefined {
  const known = ALIASES[name] ?? name;
  return Object.hasOwn(providers, known) ? known : undefined;
}
