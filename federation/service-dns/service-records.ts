import { isIP } from 'node:net';
import type { RecordSet } from '../../dns/provider/index.ts';
import { keyOf } from '../../src/apimachinery/index.ts';
import type { Service } from '../../src/apis/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import type { Cluster } from '../apis/index.ts';
import type { ShardHealth } from '../service/index.ts';
import { parseDnsPolicy, USUAL_POLICY, type DnsPolicy } from './dns-policy.ts';
import { parseTtl } from './dns-ttl.ts';
import { eligibleShards } from './eligible-shards.ts';
import type { HostNameUse } from './host-name-use.ts';
import type { Naming } from './naming.ts';
import type { HealthyShard } from './healthy-shard.ts';
import { planRecords } from './record-planner.ts';
import { locationsOf } from './topology.ts';

export interface ServiceRecordsDeps {
  readonly services: Informer<Service>;
  readonly clusters: Informer<Cluster>;
  readonly shards: Pick<ShardHealth, 'reachable' | 'onChange'>;
  readonly hostNames: HostNameUse;
  readonly events: EventRecorder;
}

/** For which place the records are. */
export interface RecordsAsked {
  readonly target: string;
  readonly naming: Naming;
  /** Of Services that do not say. */
  readonly ttlSeconds: number;
  readonly takes?: (service: Service) => boolean;
  readonly tells?: (address: string) => boolean;
}

/** Which records every Service should have now, and when that changes. */
export class ServiceRecords {
  readonly #deps: ServiceRecordsDeps;
  /** By Service and what the matter is. */
  readonly #told = new Map<string, Map<string, string>>();

  constructor(deps: ServiceRecordsDeps) {
    this.#deps = deps;
  }

  /** `namespace/name` of all. */
  keys(): readonly string[] {
    return this.#deps.services.lister.list().map(keyOf);
  }

  service(key: string): Service | undefined {
    return this.#deps.services.lister.get(key);
  }

  /** Calls the handler with the key of each Service whose records may have become others. */
  onChange(handler: (key: string) => void): () => void {
    const { shards, clusters, hostNames } = this.#deps;
    const removals = [
      shards.onChange(handler),
      hostNames.onChange((user) => {
        handler(user.slice(user.indexOf(' ') + 1));
      }),
      clusters.onEvent(({ type, object, previous }) => {
        const moved = JSON.stringify(locationsOf([object])) !== JSON.stringify(locationsOf([previous ?? object]));
        if (type !== 'update' || moved) for (const key of this.keys()) handler(key);
      }),
    ];
    return () => {
      for (const remove of removals) remove();
    };
  }

  /** None where there is no such Service. */
  desired(key: string, asked: RecordsAsked): readonly RecordSet[] {
    const { clusters, shards, hostNames } = this.#deps;
    const user = `${asked.target} ${key}`;
    const service = this.service(key);
    if (service === undefined) this.#told.delete(key);
    if (service === undefined || asked.takes?.(service) === false) {
      hostNames.use(user, []);
      return [];
    }
    const { namespace = '', name = '' } = service.metadata;
    const ttlSeconds = this.#ttlOf(key, service) ?? asked.ttlSeconds;
    const tells = asked.tells ?? (() => true);
    const policy = this.#policyOf(key, service);
    const eligible = eligibleShards(service, shards.reachable(service), policy);
    const told = eligible.flatMap((shard) => toldOf(shard, tells));
    const plan = planRecords(
      { namespace, name, ttlSeconds, policy, shards: told },
      {
        naming: asked.naming,
        topology: locationsOf(clusters.lister.list()),
        resolve: (hostName) => hostNames.addressesOf(hostName)?.filter(tells),
      },
    );
    hostNames.use(user, plan.hostNames);
    return plan.records;
  }

  /** Says something of a Service once, as long as it stays the same; nothing when `problem` is empty. */
  tell(key: string, reason: string, problem: string, subject = reason): void {
    const told = this.#told.get(key) ?? new Map<string, string>();
    if ((told.get(subject) ?? '') === problem) return;
    this.#told.set(key, told.set(subject, problem));
    const service = this.service(key);
    if (problem !== '' && service !== undefined) this.#deps.events.event(service, 'Warning', reason, problem);
  }

  #ttlOf(key: string, service: Service): number | undefined {
    const parsed = parseTtl(service.metadata.annotations);
    this.tell(key, 'InvalidDNSTTL', parsed.ok ? '' : parsed.problem);
    return parsed.ok ? parsed.ttlSeconds : undefined;
  }

  #policyOf(key: string, service: Service): DnsPolicy {
    const parsed = parseDnsPolicy(service.metadata.annotations);
    this.tell(key, 'InvalidDNSPolicy', parsed.ok ? '' : `${parsed.key} ${parsed.problem}`);
    return parsed.ok ? parsed.policy : USUAL_POLICY;
  }
}

/** Host names are judged by the addresses that they turn out to have. */
function toldOf(shard: HealthyShard, tells: (address: string) => boolean): readonly HealthyShard[] {
  const addresses = shard.addresses.filter((address) => isIP(address) === 0 || tells(address));
  return addresses.length === 0 ? [] : [{ ...shard, addresses }];
}
