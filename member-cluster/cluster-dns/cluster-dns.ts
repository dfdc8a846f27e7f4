import type { Clock, Logger, Registry, Runnable } from '../../src/component-base/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import { createDnsServer, ListenError, type DnsAddress, type DnsServer } from '../../dns/server/index.ts';
import { clusterDnsHandler } from './cluster-dns-handler.ts';
import { createInformedView } from './informed-view.ts';

export interface ClusterDnsOptions {
  /** Of the member's own API server; whoever made the set runs it. */
  readonly informers: InformerSet;
  /** Such as `cluster.local`. */
  readonly clusterDomain: string;
  /** Where clients of the cluster ask. Port 53 needs rights that not everybody has: see `fallbackPort`. */
  readonly address: DnsAddress;
  /** Taken where the system does not permit the port of `address`; default 10053. */
  readonly fallbackPort?: number;
  /** Who answers for other names, unless ConfigMap `kube-system/kube-dns` names others. */
  readonly upstreams?: readonly DnsAddress[];
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
  const { informers, clusterDomain, address, fallbackPort = 10_053, upstreams = [], log } = options;
  const state = createInformedView({ informers, domain: clusterDomain, log });
  const handler = clusterDnsHandler(state, upstreams);
  const serverAt = (port: number): DnsServer =>
    createDnsServer({
      handler,
      generation: () => state.generation,
      host: address.host,
      port,
      clock: options.clock,
      log,
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    });

  let server = serverAt(address.port);
  return {
    name: 'cluster-dns',
    get address() {
      return server.address;
    },
    run: async (signal, ready) => {
      await informers.synced(signal);
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
    },
  };
}
