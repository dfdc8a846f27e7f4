import { resolve } from 'node:path';
import type { RateLimitOptions } from '../../../dns/provider/index.ts';
import { isPrefix } from './places-config.ts';

/** How much one network is answered over UDP; as the server's own options, but for how networks are written. */
export interface RateLimitConfig extends Omit<RateLimitOptions, 'exempt'> {
  /** Addresses and networks, `!` before those that are not. */
  readonly exempt?: readonly string[];
}

/** Whom the DNS server answers, how much, and what it says of itself. */
export interface ProtectionConfig {
  readonly access?: { readonly query?: readonly string[]; readonly ignore?: readonly string[] };
  readonly rateLimit?: RateLimitConfig;
  readonly cookies?: {
    /** True when absent. */
    readonly enabled?: boolean;
    readonly required?: boolean;
    /** A secret a line, 32 hexadecimal digits each. */
    readonly secretFile?: string;
  };
  readonly identity?: { readonly name?: string; readonly version?: string };
  readonly tcp?: {
    readonly idleSeconds?: number;
    readonly maxConnections?: number;
    readonly maxConnectionsPerClient?: number;
  };
}

const addresses = {
  type: 'array',
  minItems: 1,
  maxItems: 10_000,
  items: { type: 'string', format: 'address-list-entry' },
};
const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const perSecond = whole(1, 1_000_000);
const text = { type: 'string', minLength: 1, maxLength: 255 };
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  required,
  properties,
});

export const protectionSchemas = {
  access: object({ query: addresses, ignore: addresses }),
  rateLimit: object(
    {
      responsesPerSecond: perSecond,
      referralsPerSecond: perSecond,
      nodataPerSecond: perSecond,
      nxdomainsPerSecond: perSecond,
      errorsPerSecond: perSecond,
      allPerSecond: perSecond,
      windowSeconds: whole(1, 3600),
      slip: whole(0, 10),
      ipv4PrefixLength: whole(1, 32),
      ipv6PrefixLength: whole(1, 128),
      exempt: addresses,
      tableSize: whole(100, 10_000_000),
      logOnly: { type: 'boolean' },
    },
    ['responsesPerSecond'],
  ),
  cookies: object({
    enabled: { type: 'boolean' },
    required: { type: 'boolean' },
    secretFile: { type: 'string', minLength: 1 },
  }),
  identity: object({ name: text, version: text }),
  tcp: object({
    idleSeconds: whole(1, 3600),
    maxConnections: whole(1, 100_000),
    maxConnectionsPerClient: whole(1, 100_000),
  }),
};

/** `any`, `none`, an address or a network, or `!` and one of them. */
export function isAddressListEntry(entry: string): boolean {
  const what = entry.startsWith('!') ? entry.slice(1) : entry;
  return what === 'any' || what === 'none' || isPrefix(what);
}

export function resolveProtection(file: ProtectionConfig, directory: string): ProtectionConfig {
  const { access, rateLimit, cookies, identity, tcp } = file;
  const secretFile = cookies?.secretFile;
  return {
    ...(access && { access }),
    ...(rateLimit && { rateLimit }),
    ...(cookies && {
      cookies: { ...cookies, ...(secretFile === undefined ? {} : { secretFile: resolve(directory, secretFile) }) },
    }),
    ...(identity && { identity }),
    ...(tcp && { tcp }),
  };
}
