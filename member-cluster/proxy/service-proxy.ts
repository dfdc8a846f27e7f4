import { endpointSlices, nodes, services } from '../../src/apis/index.ts';
import type { EndpointSlice, Node, Service } from '../../src/apis/index.ts';
import { deepEqual, keyOf } from '../../src/apimachinery/index.ts';
import { aborted, type Clock, type Logger, type Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer, InformerSet, Key } from '../../src/controller/index.ts';
import { samePort, type HostPort } from '../host-ports/index.ts';
import { ForwardingProxier } from './forwarding-proxier.ts';
import { HealthChecks } from './health-checks.ts';
import { nodePlaces } from './node-places.ts';
import { ruleKey, type ForwardingProblem, type ForwardingRule } from './proxier.ts';
import { addressesOfNode, serviceRules, type NodeAddress, type ServiceRules } from './service-rules.ts';

export interface ServiceProxyOptions {
  /** Of the member's own API server; whoever made the set runs it. */
  readonly informers: InformerSet;
  /** Whether an address that a user chose (an external IP) is this cluster's to listen on. */
  readonly owns: (address: string) => boolean;
  /** Where ports are really opened; as they are when absent. */
  readonly hostPort?: HostPort;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const SERVICE_NAME = 'kubernetes.io/service-name';
const BY_SERVICE = 'service-proxy/service';
/** Changes come in droves; a few milliseconds gather them, and nobody notices. */
const GATHER_MS = 2;

const serviceKeyOf = ({ metadata: { namespace = '', labels } }: EndpointSlice): Key[] => {
  const name = labels?.[SERVICE_NAME];
  return name === undefined ? [] : [`${namespace}/${name}`];
};

/** Makes the addresses of Services lead to their endpoints. Ready when those known at the start do. */
export function createServiceProxy(options: ServiceProxyOptions): Runnable {
  const proxy = new ServiceProxy(options);
  return { name: 'service-proxy', run: (signal, ready) => proxy.run(signal, ready) };
}

class ServiceProxy {
  readonly #options: ServiceProxyOptions;
  readonly #hostPort: HostPort;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #nodes: Informer<Node>;
  readonly #rules = new Map<Key, ServiceRules>();
  readonly #dirty = new Set<Key>();
  #nodeAddresses: readonly NodeAddress[] = [];
  #nodeOf = nodePlaces([]);
  /** What was said about each Service, for nothing is said twice. */
  readonly #told = new Map<Key, Set<string>>();
  #cancelSync: (() => void) | undefined;

  constructor(options: ServiceProxyOptions) {
    this.#options = options;
    this.#hostPort = options.hostPort ?? samePort;
    this.#services = options.informers.of(services);
    this.#slices = options.informers.of(endpointSlices, { indexes: { [BY_SERVICE]: serviceKeyOf } });
    this.#nodes = options.informers.of(nodes);
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { informers, clock, log } = this.#options;
    await informers.synced(signal);
    using proxier = new ForwardingProxier({
      clock,
      log,
      nodeOf: (address) => this.#nodeOf(address),
      hostPort: this.#hostPort,
      onProblem: (problem) => {
        this.#report(problem);
      },
    });
    using checks = new HealthChecks({
      onProblem: ({ host, port, namespace, service }, err) => {
        this.#warn(
          `${namespace}/${service}`,
          'ListenFailed',
          `cannot answer health checks on ${host}:${port}: ${err.message}`,
        );
      },
    });
    const changed = (keys: readonly Key[]) => {
      for (const key of keys) this.#dirty.add(key);
      this.#cancelSync ??= clock.after(GATHER_MS, () => {
        this.#sync(proxier, checks);
      });
    };
    using watching = new DisposableStack();
    watching.defer(
      this.#nodes.onEvent(({ type, object, previous }) => {
        if (type === 'update' && previous !== undefined && !placeDiffers(object, previous)) return;
        this.#nodeAddresses = this.#nodes.lister.list().flatMap(addressesOfNode);
        this.#nodeOf = nodePlaces(this.#nodes.lister.list());
        changed(this.#services.lister.list().map(keyOf));
      }),
    );
    watching.defer(
      this.#services.onEvent(({ key }) => {
        changed([key]);
      }),
    );
    watching.defer(
      this.#slices.onEvent(({ object, previous }) => {
        changed([...serviceKeyOf(object), ...(previous === undefined ? [] : serviceKeyOf(previous))]);
      }),
    );
    this.#sync(proxier, checks);
    ready();
    await aborted(signal);
    this.#cancelSync?.();
  }

  #sync(proxier: ForwardingProxier, checks: HealthChecks): void {
    this.#cancelSync?.();
    this.#cancelSync = undefined;
    for (const key of this.#dirty) this.#refresh(key);
    this.#dirty.clear();

    const wanted = new Map<string, ForwardingRule>();
    for (const { rules } of this.#rules.values()) {
      for (const rule of rules) {
        const key = ruleKey(rule);
        const first = wanted.get(key);
        // Two Services cannot share an external IP and port: the first that had it keeps it.
        if (first === undefined) wanted.set(key, rule);
        else this.#warn(ownerKey(rule), 'AddressConflict', `${key} is that of Service ${ownerKey(first)}`);
      }
    }
    proxier.sync([...wanted.values()]);
    checks.sync([...this.#rules.values()].flatMap(({ healthChecks }) => healthChecks));
  }

  #refresh(key: Key): void {
    const service = this.#services.lister.get(key);
    if (service === undefined) {
      this.#rules.delete(key);
      this.#told.delete(key);
      return;
    }
    const before = this.#rules.get(key);
    const next = serviceRules({
      service,
      slices: this.#slices.lister.byIndex(BY_SERVICE, key),
      nodeAddresses: this.#nodeAddresses,
      owns: this.#options.owns,
    });
    for (const message of next.unmet) this.#warn(key, 'NotForwarded', message);
    for (const rule of next.rules) this.#tellMoved(key, rule);
    this.#rules.set(key, { ...next, rules: next.rules.map((rule, index) => unchanged(before?.rules[index], rule)) });
  }

  #tellMoved(key: Key, { host, port }: ForwardingRule): void {
    const opened = this.#hostPort(host, port);
    if (opened === port) return;
    const message = `port ${port} needs a right that this process has not: it is opened at ${opened} instead (sysctl net.ipv4.ip_unprivileged_port_start=0 gives the right to all)`;
    this.#warn(key, 'PortMoved', message);
  }

  #report({ rule, code, retried }: ForwardingProblem): void {
    const outcome = retried ? 'it is tried again' : 'clients cannot reach it there';
    const message = `cannot listen on ${ruleKey(rule)}: ${reasons[code] ?? code}; ${outcome}`;
    this.#warn(ownerKey(rule), 'ListenFailed', message);
  }

  #warn(key: Key, reason: string, message: string): void {
    const told = this.#told.get(key) ?? new Set();
    this.#told.set(key, told);
    if (told.has(message)) return;
    told.add(message);
    const { events, log } = this.#options;
    log.warn({ service: key, reason, message }, 'service not forwarded as it wishes');
    const service = this.#services.lister.get(key);
    if (service !== undefined) events.event(service, 'Warning', reason, message);
  }
}

const ownerKey = ({ owner }: ForwardingRule): Key => `${owner.namespace}/${owner.service}`;

const reasons: Readonly<Record<string, string>> = {
  EACCES:
    'ports below 1024 need a right that this process has not (sysctl net.ipv4.ip_unprivileged_port_start=0 gives it to all)',
  EADDRINUSE: 'another process or Service has it',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** The rule as it was where nothing is different, so that the proxier need not look. */
function unchanged(before: ForwardingRule | undefined, rule: ForwardingRule): ForwardingRule {
  return before !== undefined && deepEqual(before, rule) ? before : rule;
}

function placeDiffers(node: Node, other: Node): boolean {
  const places = [node, other].map((of) => [addressesOfNode(of), of.spec?.podCIDR, of.spec?.podCIDRs]);
  return !deepEqual(places[0], places[1]);
}
