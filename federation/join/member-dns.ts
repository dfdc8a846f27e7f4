import { deepEqual, isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import { withForward, withoutForward } from './corefile.ts';
import { ensure } from './ensure.ts';
import { domainOf, withFederation, withoutFederation, withStubDomain } from './federations-entry.ts';

const KEY = { name: 'kube-dns', namespace: 'kube-system' };
const COREDNS = { name: 'coredns', namespace: 'kube-system' };

export interface FederationInDns {
  readonly name: string;
  readonly domain: string;
  /** Who answers for the domain; whoever the member asks for everything else when empty. */
  readonly nameservers: readonly string[];
}

/**
 * Lets the member's DNS know the federation by name; what else is configured there stays. Resolves whether it did not
 * know it before.
 */
export async function announceFederation(
  member: Client,
  federation: FederationInDns,
  signal: AbortSignal,
): Promise<boolean> {
  let isNew = true;
  const change = (present: ConfigMap): ConfigMap => {
    isNew = domainOf(present.data?.['federations'] ?? '', federation.name) === undefined;
    const data = announced(present.data ?? {}, federation);
    return deepEqual(data, present.data) ? present : { ...present, data };
  };
  await ensure(member, configMaps, { metadata: KEY, data: announced({}, federation) }, { change, signal });
  await forwardInCoreDns(member, federation, signal);
  return isNew;
}

/** `kube-dns` as it shall be, on what is there. */
export function dnsConfigMap(present: ConfigMap | undefined, federation: FederationInDns): NewObject<ConfigMap> {
  return { metadata: KEY, data: announced(present?.data ?? {}, federation) };
}

export async function forgetFederation(member: Client, name: string, signal: AbortSignal): Promise<void> {
  await changeCorefile(member, (corefile) => withoutForward(corefile, name), signal);
  try {
    const present = await member.get(configMaps, KEY, { signal });
    const data = forgotten(present.data ?? {}, name);
    if (!deepEqual(data, present.data)) await member.update(configMaps, { ...present, data }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

/** CoreDNS does not read `kube-dns`: a block of its own sends it to those who answer for the domain. */
async function forwardInCoreDns(member: Client, federation: FederationInDns, signal: AbortSignal): Promise<void> {
  const { name, domain, nameservers } = federation;
  // An address that only the machine of the federation knows is of no use to pods of another.
  const reachable = nameservers.filter((server) => !/^(127\.|\[::1\]|localhost)/.test(server));
  if (reachable.length === 0) return;
  await changeCorefile(member, (corefile) => withForward(corefile, name, domain.replace(/\.$/, ''), reachable), signal);
}

/** Nothing where there is no CoreDNS. */
async function changeCorefile(
  member: Client,
  change: (corefile: string) => string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const present = await member.get(configMaps, COREDNS, { signal });
    const corefile = present.data?.['Corefile'];
    if (corefile === undefined) return;
    const next = change(corefile);
    if (next === corefile) return;
    await member.update(configMaps, { ...present, data: { ...present.data, Corefile: next } }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

type Data = Readonly<Record<string, string>>;

function announced(data: Data, { name, domain: given, nameservers }: FederationInDns): Data {
  const domain = given.replace(/\.$/, '');
  const next = { ...data, federations: withFederation(data['federations'] ?? '', name, domain) };
  if (nameservers.length === 0) return next;
  return { ...next, stubDomains: withStubDomain(data['stubDomains'] ?? '', domain, nameservers) ?? '{}' };
}

function forgotten({ federations = '', stubDomains = '', ...others }: Data, name: string): Data {
  const left = withoutFederation(federations, name);
  const domain = domainOf(federations, name);
  const stillAsked = entriesWith(left, domain);
  const stubs = domain === undefined || stillAsked ? stubDomains : withStubDomain(stubDomains, domain, []);
  return {
    ...others,
    ...(left === undefined ? {} : { federations: left }),
    ...(stubs === undefined || stubs === '' ? {} : { stubDomains: stubs }),
  };
}

/** Another federation has names in the same domain. */
function entriesWith(federations: string | undefined, domain: string | undefined): boolean {
  return federations !== undefined && federations.split(',').some((entry) => entry.split('=')[1]?.trim() === domain);
}
