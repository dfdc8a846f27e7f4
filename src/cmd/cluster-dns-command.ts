import { Option, type Command } from 'commander';
import { dnsAddressOf, defaults } from '../../federation/fleet/index.ts';
import { invalid, parseFederation, parseNameserver, type ClusterDnsFlags } from './cluster-dns-flags.ts';

const EXAMPLE = '0.0.0.0:53';

/** DNS with names of federations, for clusters whose own DNS knows none. */
export function clusterDns(program: Command): void {
  const list =
    <T>(parse: (text: string) => T) =>
    (text: string, before: readonly T[] = []) => [...before, parse(text)];
  program
    .command('cluster-dns')
    .description('DNS of a cluster that is not of our fleet, with names of federations (docs/reference/cluster-dns.md)')
    .addOption(
      new Option('--federation <name=domain>', 'whose names are answered; may be repeated')
        .argParser(list(parseFederation))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--nameserver <address[:port]>', "who answers for the federations' domains; may be repeated")
        .argParser(list(parseNameserver))
        .default([], 'those of --upstream'),
    )
    .addOption(
      new Option('--upstream <address[:port]>', 'who answers for all other names; may be repeated')
        .argParser(list(parseNameserver))
        .default([], 'those of /etc/resolv.conf'),
    )
    .option('--cluster-domain <domain>', 'of the cluster', 'cluster.local')
    .addOption(
      new Option('--dns-address <host:port>', 'where DNS is answered')
        .argParser((text) => dnsAddressOf(text) ?? invalid(`an address such as ${defaults.dnsAddress}`))
        .default(dnsAddressOf(EXAMPLE), EXAMPLE),
    )
    .option('--kubeconfig <file>', "of the cluster; as kubectl finds it when absent, in a pod its service account's")
    .option('--context <name>', 'in it; the current one when absent')
    .option(
      '--manifest',
      'print what makes it run in the cluster, for kubectl apply, and what its CoreDNS has to be told',
    )
    .option('--image <image>', 'with --manifest: that holds koinon, with "koinon" as its command')
    .option('--cluster-ip <address>', 'with --manifest: of its Service; free, and in the range of Services')
    .action(async (flags: ClusterDnsFlags) => {
      await (await import('./cluster-dns.ts')).clusterDns(flags);
    });
}
