import { lookup, type ZoneSource } from '../zone/index.ts';
import type { DnsLayer } from './dns-handler.ts';

/** Answers from the zones what is theirs and leaves the rest to the next. */
export function authoritative(zones: ZoneSource): DnsLayer {
  return (next) => (query, signal) => lookup(zones.current(), query.name, query.type) ?? next(query, signal);
}
