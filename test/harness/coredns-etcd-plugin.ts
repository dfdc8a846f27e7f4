import { isIP } from 'node:net';

interface Service {
  readonly key: string;
  readonly host?: string;
  readonly text?: string;
  readonly ttl?: number;
  readonly group?: string;
}

/**
 * What CoreDNS' `etcd` plugin (1.6 to 1.12) gathers for a question from keys and their JSON: all below the name, or the key of
 * the name itself where nothing is; then only the group of those that are nearest, where they agree on one.
 */
export function gathered(keys: Readonly<Record<string, unknown>>, name: string, type: 'A' | 'TXT'): string[] {
  const path = `/${name.split('.').reverse().join('/')}`;
  const all = Object.entries(keys).map(([key, value]) => ({ ...(value as Omit<Service, 'key'>), key })); // @NOTE the tests' own JSON
  const below = all.filter(({ key }) => key.startsWith(`${path}/`));
  const found = below.length > 0 ? below : all.filter(({ key }) => key === path);
  const included = found.filter(({ host = '', text = '' }) => (type === 'TXT' && text !== '') || host !== '');
  return ofNearestGroup(included.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
    .flatMap(({ host = '', text = '' }) => {
      if (type === 'TXT') return text === '' ? [] : [text];
      return isIP(host) === 6 ? [] : [host];
    })
    .sort();
}

function ofNearestGroup(services: readonly Service[]): readonly Service[] {
  const depths = services.map(({ key }) => key.split('/').length);
  let [nearest = 0] = depths;
  let group = services[0]?.group ?? '';
  for (const [index, depth] of depths.entries()) {
    if (depth >= nearest) continue;
    const { group: other = '' } = services[index] ?? { key: '' };
    if (other === '') break;
    [nearest, group] = [depth, other];
  }
  if (group === '') return services;
  const disagrees = services.some(
    (service, index) => depths[index] === nearest && (service.group ?? '') !== '' && service.group !== group,
  );
  return disagrees ? services : services.filter((service) => (service.group ?? '') === '' || service.group === group);
}
