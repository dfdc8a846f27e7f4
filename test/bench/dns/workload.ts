import type { RecordSet } from '../../../dns/provider/index.ts';

export const ZONE = 'example.com';
export const SERVICES = 5000;
const QUESTIONS = 20_000;
const ADDRESSES = 2;
const TTL_SECONDS = 180;

export const serviceName = (index: number) => `s${index}.default.myfederation.svc.${ZONE}`;
const regionalName = (index: number) => `s${index}.default.myfederation.svc.eu.${ZONE}`;
const zonalName = (index: number) => `s${index}.default.myfederation.svc.a.eu.${ZONE}`;

/** Services of a federation: a global name with addresses each, and two names of a place without shards that lead there. */
export function recordSets(): RecordSet[] {
  return Array.from({ length: SERVICES }, (_, index): RecordSet[] => [
    addressSet(serviceName(index), index),
    { name: regionalName(index), type: 'CNAME', ttlSeconds: TTL_SECONDS, data: [serviceName(index)] },
    { name: zonalName(index), type: 'CNAME', ttlSeconds: TTL_SECONDS, data: [regionalName(index)] },
  ]).flat();
}

export function addressSet(name: string, seed: number): RecordSet {
  const data = Array.from({ length: ADDRESSES }, (_, i) => `10.${(seed >> 8) & 0xff}.${seed & 0xff}.${i + 1}`);
  return { name, type: 'A', ttlSeconds: TTL_SECONDS, data };
}

const REGIONS = ['eu', 'us', 'asia'];

/** The same, of which each client is told the address that is nearest to it. */
export function nearestSets(): RecordSet[] {
  return recordSets().map((set, index) => {
    if (set.type !== 'A') return set;
    const data = REGIONS.map((_, at) => `10.${(index >> 8) & 0xff}.${index & 0xff}.${at + 1}`);
    const candidates = REGIONS.map((region, at) => ({ name: region, region, data: data.slice(at, at + 1) }));
    return { ...set, data, choice: { policy: 'nearest', candidates } };
  });
}

const PLACES = 1024;

/** A /16 each, in one region after the other. */
export const places = () =>
  Array.from({ length: PLACES }, (_, index) => ({
    cidr: `${64 + (index >> 8)}.${index & 0xff}.0.0/16`,
    place: { region: REGIONS[index % REGIONS.length] ?? '', source: 'configuration' },
  }));

/** The same as a master file. */
export function masterFile(): string {
  const lines = recordSets().flatMap(({ name, type, ttlSeconds, data }) =>
    data.map((item) => `${name}. ${ttlSeconds} IN ${type} ${type === 'CNAME' ? `${item}.` : item}`),
  );
  const soa = `@ SOA ns1.${ZONE}. hostmaster.${ZONE}. 1 60 30 604800 5`;
  return [`$ORIGIN ${ZONE}.`, `$TTL ${TTL_SECONDS}`, soa, `@ NS ns1.${ZONE}.`, 'ns1 A 192.0.2.1', ...lines, ''].join(
    '\n',
  );
}

/** 80 % addresses, 10 % chains of two CNAMEs, 5 % names that are not there, 5 % types that are not. */
function mixed(): { readonly name: string; readonly type: 'A' | 'AAAA' }[] {
  return Array.from({ length: QUESTIONS }, (_, index) => {
    // A step that shares no factor with the number of services: every name comes, in an order without runs.
    const service = (index * 1777) % SERVICES;
    const kind = (index * 7) % 20;
    if (kind < 16) return { name: serviceName(service), type: 'A' };
    if (kind < 18) return { name: zonalName(service), type: 'A' };
    if (kind === 18) return { name: `missing-${serviceName(service)}`, type: 'A' };
    return { name: serviceName(service), type: 'AAAA' };
  });
}

/** As dnsperf reads them. */
export const questions = () =>
  mixed()
    .map(({ name, type }) => `${name} ${type}\n`)
    .join('');

/** The same as packets, each from a client subnet (RFC 7871) of 4,000, as dnsperf reads them with -B. */
export function questionsOfSubnets(): Buffer {
  const packets = mixed().map(({ name, type }, index) => {
    const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
    const subnet = [64 + (index & 3), (index >> 2) & 0xff, (index * 7) & 0xff];
    const option = [0, 8, 0, 7, 0, 1, 24, 0, ...subnet];
    const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, option.length, ...option];
    return Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, ...labels, 0, 0, type === 'A' ? 1 : 28, 0, 1, ...opt]);
  });
  return Buffer.concat(packets.flatMap((packet) => [Buffer.from([packet.length >> 8, packet.length & 0xff]), packet]));
}
