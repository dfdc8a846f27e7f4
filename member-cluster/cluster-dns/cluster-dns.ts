import type { Clock, Logger, Registry, Runnable } from '../../src/component-base/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import {
  createDnsServer,
  createUpstreams,
  ListenError,
  type DnsAddress,
  type DnsServer,
} from '../../dns/server/index.ts';
import type { DnsConfig } from './config/dns-config.ts';
import { keepLimits } from './config/keep-limits.ts';
import { clusterDnsHandler } from './cluster-dns-handler.ts';
import { createInformedView } from './informed-view.ts';
import { LoopGuard } from './loop-guard.ts';

export interface ClusterDnsOptions {
  /** Of the member's own API server; whoever made the set runs it. */
  readonly informers: InformerSet;
  /** Such as `cluster.local`. */
  readonly clusterDomain: string;
  /** Where clients of the cluster ask. Port 53 needs rights that not everybody has: see `fallbackPort`. */
  readonly address: DnsAddress;
  /** Taken where the system does not permit the port of `address`; default 10053. */
  readonly fallbackPort?: number;
  /** Who answers for other names, unless ConfigMaps `kube-dns` or `coredns` in `kube-system` name others. */
  readonly upstreams?: readonly DnsAddress[];
  /** In place of what ConfigMaps say, which are then not read. */
  readonly config?: Partial<DnsConfig>;
  /** Watches pods too, for `pods verified`. */
  readonly verifiesPods?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
}

export interface ClusterDns extends Runnable {
  /** Where it really listens; throws before it is ready. */
  readonly address: DnsAddress;
}

/** DNS of one cluster, by the Kubernetes DNS specification 1.1.0, with names of federations. Ready when it answers. */
export function createClusterDns(options: ClusterDnsOptions): ClusterDns {
  const { informers, address, fallbackPort = 10_053 } = options;
  const { clock, log, metrics } = options;
  const { state, loops, handler } = partsOf(options);
  const serverAt = (port: number): DnsServer =>
    createDnsServer({
      handler,
      generation: () => state.generation,
      host: address.host,
      port,
      clock,
      log,
      ...(metrics === undefined ? {} : { metrics }),
    });

  let server = serverAt(address.port);
  return {
    name: 'cluster-dns',
    get address() {
      return server.address;
    },
    run: async (signal, ready) => {
      await informers.synced(signal);
      const ending = new AbortController();
      const until = AbortSignal.any([signal, ending.signal]);
      let guarding: Promise<void> | undefined;
      // Only who listens hears that a server leads back here.
      const listening = () => {
        guarding = loops.run(until, state.onConfig);
        ready();
      };
      try {
        await serve(until, listening);
      } finally {
        ending.abort();
        await guarding;
      }
    },
  };

  async function serve(signal: AbortSignal, ready: () => void): Promise<void> {
    try {
      await server.run(signal, ready);
    } catch (err) {
      if (!(err instanceof ListenError) || err.code !== 'EACCES' || address.port === fallbackPort) throw err;
      log.warn(
        { host: address.host, wanted: address.port, port: fallbackPort },
        'cluster dns may not listen on the port that clients expect and takes another: run with the right to bind it, or ask there',
      );
      server = serverAt(fallbackPort);
      await server.run(signal, ready);
    }
  }
}

function partsOf({
  informers,
  clusterDomain,
  upstreams: servers = [],
  verifiesPods = false,
  ...rest
}: ClusterDnsOptions) {
  const { clock, log, metrics } = rest;
  const state = createInformedView({ informers, domain: clusterDomain, verifiesPods, given: rest.config, log });
  const upstreams = createUpstreams({
    clock,
    limits: (name) => keepLimits(state.config, name),
    ...(metrics === undefined ? {} : { metrics }),
  });
  const routes = () => {
    const { stubDomains, upstreamNameservers } = state.config;
    return new Map([...stubDomains, ['.', upstreamNameservers.length > 0 ? upstreamNameservers : servers] as const]);
  };
  const loops = new LoopGuard({ upstreams, routes, clock, log });
  return { state, loops, handler: clusterDnsHandler({ state, servers, upstreams, loops }) };
}
