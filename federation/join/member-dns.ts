import { isNotFound } from '../../src/apimachinery/index.ts';
import { configMaps, type ConfigMap } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { ensure } from './ensure.ts';
import { withFederation, withoutFederation } from './federations-entry.ts';

const KEY = { name: 'kube-dns', namespace: 'kube-system' };

/** Lets the member's DNS know the federation by name; what else is configured there stays. */
export async function announceFederation(
  member: Client,
  { name, domain }: { readonly name: string; readonly domain: string },
  signal: AbortSignal,
): Promise<void> {
  const change = (present: ConfigMap): ConfigMap => {
    const before = present.data?.['federations'] ?? '';
    const after = withFederation(before, name, domain);
    return after === before ? present : { ...present, data: { ...present.data, federations: after } };
  };
  const wanted = { metadata: KEY, data: { federations: withFederation('', name, domain) } };
  await ensure(member, configMaps, wanted, { change, signal });
}

export async function forgetFederation(member: Client, name: string, signal: AbortSignal): Promise<void> {
  try {
    const present = await member.get(configMaps, KEY, { signal });
    const { federations, ...data } = present.data ?? {};
    if (federations === undefined) return;
    const left = withoutFederation(federations, name);
    if (left === federations) return;
    const next = left === undefined ? data : { ...data, federations: left };
    await member.update(configMaps, { ...present, data: next }, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
