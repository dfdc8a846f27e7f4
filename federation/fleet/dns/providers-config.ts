import { resolve } from 'node:path';

/** One more place where the records of the federation are published (`docs/reference/dns.md`). */
export interface DnsProviderConfig {
  readonly provider: string;
  /** In status, metrics and logs; unique. The provider's own when absent. */
  readonly name?: string;
  /** The domain of the federation when absent. */
  readonly zone?: string;
  readonly zoneId?: string;
  /** What the names end in: the domain of the federation when absent and it is within the zone, else the zone. */
  readonly suffix?: string;
  readonly ttlSeconds?: number;
  /** `txt` when absent. */
  readonly ownership?: 'txt' | 'names';
  /** Of `txt`: the name of the federation when absent. */
  readonly owner?: string;
  /** Labels of the Services that are published there. */
  readonly serviceSelector?: string;
  /** Prefixes of the addresses that are told there, and of those that are not. */
  readonly addresses?: readonly string[];
  readonly exceptAddresses?: readonly string[];
  readonly resyncSeconds?: number;
  readonly dryRun?: boolean;
  /** The provider's own keys, or a file of them. */
  readonly config?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly configFile?: string;
  /** Absolute: what files in `config` are relative to. */
  readonly directory?: string;
}

export interface ProvidersConfig {
  readonly providers?: readonly DnsProviderConfig[];
}

export type ProvidersFile = ProvidersConfig;

const MAX_PROVIDERS = 16;
const MIN_RESYNC_SECONDS = 10;
const A_DAY = 86_400;
const A_WEEK = 604_800;
const label = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' };
const zone = {
  type: 'string',
  maxLength: 200,
  pattern: '^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?)*$',
};
const text = { type: 'string', minLength: 1 };
const prefixes = {
  type: 'array',
  minItems: 1,
  maxItems: 1_000,
  uniqueItems: true,
  items: { type: 'string', format: 'cidr' },
};
/** The state directory and the arguments of processes are no place for them. */
const SECRET_KEY = /(?:secret|password|token|api[-_]?key|private[-_]?key)$/i;
/** What the federation's own zone is called in status and metrics. */
const OWN_ZONE = 'local';
const value = {
  anyOf: [{ type: ['string', 'number', 'boolean'] }, { type: 'array', maxItems: 1_000, items: { type: 'string' } }],
};

export const providersSchemas = {
  providers: {
    type: 'array',
    maxItems: MAX_PROVIDERS,
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['provider'],
      properties: {
        provider: text,
        name: label,
        zone,
        zoneId: text,
        suffix: zone,
        ttlSeconds: { type: 'integer', minimum: 0, maximum: A_WEEK },
        ownership: { type: 'string', enum: ['txt', 'names'] },
        owner: label,
        serviceSelector: text,
        addresses: prefixes,
        exceptAddresses: prefixes,
        resyncSeconds: { type: 'integer', minimum: MIN_RESYNC_SECONDS, maximum: A_DAY },
        dryRun: { type: 'boolean' },
        config: { type: 'object', additionalProperties: value },
        configFile: text,
      },
    },
  },
};

export function resolveProviders({ providers }: ProvidersFile, directory: string): ProvidersConfig {
  if (providers === undefined) return {};
  return {
    providers: providers.map(({ configFile, ...provider }) => ({
      ...provider,
      directory,
      ...(configFile === undefined ? {} : { configFile: resolve(directory, configFile) }),
    })),
  };
}

export interface ProvidersProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** The first entry that contradicts itself or another. */
export function providersProblem({ providers = [] }: ProvidersConfig): ProvidersProblem | undefined {
  const known = new Set([OWN_ZONE]);
  for (const [index, entry] of providers.entries()) {
    const { provider, name = provider } = entry;
    const problem = known.has(name)
      ? { at: ['name'], text: `${JSON.stringify(name)} is there already: give each a name of its own` }
      : entryProblem(entry);
    if (problem !== undefined) return { path: ['providers', index, ...problem.at], text: problem.text };
    known.add(name);
  }
  return undefined;
}

function entryProblem({ config = {}, configFile, ownership, owner }: DnsProviderConfig) {
  if (configFile !== undefined && Object.keys(config).length > 0) {
    return { at: ['configFile'], text: 'is in place of "config": one of them is enough' };
  }
  if (ownership === 'names' && owner !== undefined) {
    return { at: ['owner'], text: 'is for "ownership: txt": where names alone tell whose they are there is one owner' };
  }
  const secret = Object.keys(config).find((key) => SECRET_KEY.test(key));
  if (secret === undefined) return undefined;
  const text = `is no place for a secret: write it into a file, and name that as "${secret}File"`;
  return { at: ['config', secret], text };
}
