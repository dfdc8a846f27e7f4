import { configMaps, type ConfigMap } from '../../../src/apis/index.ts';
import type { Logger } from '../../../src/component-base/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';
import { parseCorefileConfig } from './corefile-config.ts';
import { mergedConfig, type DnsConfig, type ParsedDnsConfig } from './dns-config.ts';
import { parseKubeDnsConfig } from './kube-dns-config.ts';

const NAMESPACE = 'kube-system';
const KUBE_DNS = 'kube-dns';
const CORE_DNS = 'coredns';

export interface FollowedConfigOptions {
  readonly informers: InformerSet;
  /** Of the cluster. */
  readonly domain: string;
  /** Pods are watched. */
  readonly canVerifyPods: boolean;
  readonly log: Logger;
}

export interface CurrentConfig {
  readonly current: DnsConfig;
  /** Returns how to be told no more. */
  onChange(handler: () => void): () => void;
}

/** One that stays as it is. */
export function fixedConfig(config: Partial<DnsConfig>): CurrentConfig {
  return { current: mergedConfig(config), onChange: () => () => undefined };
}

/** What ConfigMaps `kube-dns` and `coredns` say now; kube-dns' own keys count for more than what a Corefile says. */
export class FollowedConfig implements CurrentConfig {
  readonly #options: FollowedConfigOptions;
  readonly #told = { [CORE_DNS]: nothingTold, [KUBE_DNS]: nothingTold };
  readonly #handlers = new Set<() => void>();
  #config = mergedConfig();

  constructor(options: FollowedConfigOptions) {
    this.#options = options;
    this.#follow(CORE_DNS, (configMap) => parseCorefileConfig(configMap?.data?.['Corefile'], options.domain));
    this.#follow(KUBE_DNS, parseKubeDnsConfig);
  }

  get current(): DnsConfig {
    return this.#config;
  }

  onChange(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #follow(name: typeof CORE_DNS | typeof KUBE_DNS, parse: (configMap: ConfigMap | undefined) => ParsedDnsConfig): void {
    const { informers } = this.#options;
    const fieldSelector = `metadata.name=${name}`;
    informers.of(configMaps, { namespace: NAMESPACE, fieldSelector }).onEvent(({ type, object }) => {
      if (object.metadata.name !== name) return;
      this.#told[name] = parse(type === 'delete' ? undefined : object);
      this.#config = mergedConfig(this.#told[CORE_DNS].config, this.#told[KUBE_DNS].config);
      this.#complain(name);
      for (const handler of this.#handlers) handler();
    });
  }

  #complain(name: typeof CORE_DNS | typeof KUBE_DNS): void {
    const { canVerifyPods, log } = this.#options;
    const { config, problems } = this.#told[name];
    const unverifiable = config.pods === 'verified' && !canVerifyPods;
    const all = [...problems, ...(unverifiable ? ['pods verified: pods are not watched here and believed'] : [])];
    if (all.length > 0) log.warn({ problems: all }, `config map ${NAMESPACE}/${name} says what cannot be done`);
  }
}

const nothingTold: ParsedDnsConfig = { config: {}, problems: [] };
