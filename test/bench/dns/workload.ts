import type { RecordSet } from '../../../dns/provider/index.ts';

export const ZONE = 'example.com';
const SERVICES = 5000;
const QUESTIONS = 20_000;
const ADDRESSES = 2;
const TTL_SECONDS = 180;

const serviceName = (index: number) => `s${index}.default.myfederation.svc.${ZONE}`;
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

/** 80 % addresses, 10 % chains of two CNAMEs, 5 % names that are not there, 5 % types that are not: for dnsperf. */
export function questions(): string {
  const lines = Array.from({ length: QUESTIONS }, (_, index) => {
    // A step that shares no factor with the number of services: every name comes, in an order without runs.
    const service = (index * 1777) % SERVICES;
    const kind = (index * 7) % 20;
    if (kind < 16) return `${serviceName(service)} A`;
    if (kind < 18) return `${zonalName(service)} A`;
    if (kind === 18) return `missing-${serviceName(service)} A`;
    return `${serviceName(service)} AAAA`;
  });
  return `${lines.join('\n')}\n`;
}
