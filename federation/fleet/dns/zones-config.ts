/** A zone that the federation's DNS server has; its own one too, which it has anyway. */
export interface DnsZoneConfig {
  readonly name: string;
  /** `ns1.<zone>` when absent. */
  readonly nameservers?: readonly { readonly name: string; readonly addresses?: readonly string[] }[];
  /** TTL of SOA, NS and records that do not say; 180. */
  readonly ttlSeconds?: number;
  /** How long "there is none" may be kept; 5. */
  readonly negativeTtlSeconds?: number;
  /** `owner [TTL] [IN] type data` (`docs/reference/dns.md`). */
  readonly records?: readonly string[];
}

export interface ZonesConfig {
  readonly zones?: readonly DnsZoneConfig[];
}

/** 7 days. */
const MAX_ZONE_TTL_SECONDS = 604_800;

const name = { type: 'string', minLength: 1, maxLength: 253 };
const ttl = { type: 'integer', minimum: 0, maximum: MAX_ZONE_TTL_SECONDS };

export const zonesSchemas = {
  zones: {
    type: 'array',
    maxItems: 1000,
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name,
        nameservers: {
          type: 'array',
          minItems: 1,
          maxItems: 13,
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['name'],
            properties: { name, addresses: { type: 'array', minItems: 1, maxItems: 13, items: name } },
          },
        },
        ttlSeconds: ttl,
        negativeTtlSeconds: ttl,
        records: { type: 'array', maxItems: 100_000, items: { type: 'string', minLength: 1, maxLength: 70_000 } },
      },
    },
  },
};

export function resolveZones({ zones }: ZonesConfig): ZonesConfig {
  return zones === undefined ? {} : { zones };
}
