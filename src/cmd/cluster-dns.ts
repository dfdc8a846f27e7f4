import { createClusterDns } from '../../member-cluster/cluster-dns/index.ts';
import { machineResolver } from '../../member-cluster/kubelet/index.ts';
import type { DnsAddress } from '../../federation/fleet/index.ts';
import { loadKubeconfig } from '../client/index.ts';
import { start, systemClock } from '../component-base/index.ts';
import { createInformerSet } from '../controller/index.ts';
import type { ClusterDnsFlags } from './cluster-dns-flags.ts';
import { clusterDnsObjects, corefileFor } from './cluster-dns-manifest.ts';
import { runComponent } from './component.ts';
import { UsageError } from './exit.ts';
import { printObjects } from './print-objects.ts';
import type { ComponentDeps, RunningComponent } from './running-component.ts';

const DNS_PORT = 53;

/** In the foreground, or as a manifest of what runs it in the cluster. */
export async function clusterDns(flags: ClusterDnsFlags): Promise<void> {
  if (flags.manifest === true) {
    printManifest(flags);
    return;
  }
  for (const flag of ['image', 'clusterIp'] as const) {
    if (flags[flag] !== undefined) throw new UsageError(`--image and --cluster-ip go with --manifest`);
  }
  await runComponent({ kind: 'cluster-dns', name: flags.clusterDomain }, (deps) => startClusterDns(flags, deps));
}

function printManifest(flags: ClusterDnsFlags): void {
  const { image, clusterIp } = flags;
  if (image === undefined || clusterIp === undefined) throw new UsageError('--manifest needs --image and --cluster-ip');
  const corefile = corefileFor(flags, clusterIp).map((line) => `#   ${line}`.trimEnd());
  const head = ['# Add to the Corefile in configmap coredns of namespace kube-system:', ...corefile];
  process.stdout.write(
    `${head.join('\n')}\n${printObjects(clusterDnsObjects({ ...flags, image, clusterIp }), 'yaml')}\n`,
  );
}

async function startClusterDns(
  flags: ClusterDnsFlags,
  { log, metrics, signal }: Omit<ComponentDeps, 'spec'>,
): Promise<RunningComponent> {
  const clock = systemClock;
  const { federation: federations, nameserver, clusterDomain, dnsAddress, upstream } = flags;
  await using starting = new AsyncDisposableStack();
  const kubeconfig = await loadKubeconfig(flags.kubeconfig);
  const client = starting.use(await kubeconfig.clientForContext(flags.context ?? kubeconfig.currentContext));
  const informers = createInformerSet(client, { clock, log });
  const dns = createClusterDns({
    informers,
    clusterDomain,
    address: dnsAddress,
    fallbackPort: dnsAddress.port,
    upstreams: upstream.length > 0 ? upstream : await machineServers(),
    config: {
      federations: new Map(federations.map(({ name, domain }) => [name, domain])),
      stubDomains: new Map(nameserver.length === 0 ? [] : federations.map(({ domain }) => [domain, nameserver])),
    },
    clock,
    log: log.child({ component: 'cluster-dns' }),
    metrics,
  });
  const running = starting.use(await start([informers, dns], signal));
  const parts = starting.move();
  return {
    url: `dns://${dns.address.host}:${dns.address.port}`,
    done: running.done,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** In a pod of the manifest those of its node: not the cluster's DNS, which asks here. */
async function machineServers(): Promise<readonly DnsAddress[]> {
  const { servers } = await machineResolver();
  return servers.map((host) => ({ host, port: DNS_PORT }));
}
