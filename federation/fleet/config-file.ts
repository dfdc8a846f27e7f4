import { dirname, resolve as resolvePath } from 'node:path';
import { checkedDocument } from './checked-document.ts';
import { defaultClusters, defaults, type ClusterConfig, type FleetConfig } from './config.ts';
import { problemOf, type FleetProblem } from './cluster-rules.ts';
import { resolveDns } from './dns/dns-file.ts';
import { zonesProblem } from './dns/dns-zones.ts';
import { leaderElectionDefaults, type EtcdConfig } from './etcd-config.ts';
import { fleetSchema, type ClusterFile, type FleetFile } from './config-schema.ts';

/**
 * Reads a fleet file (YAML or JSON; `docs/reference/fleet.md`). Throws `FleetConfigError` that names file, line and
 * key of every problem, one a line.
 */
export async function parseFleetConfig(text: string, file: string): Promise<FleetConfig> {
  const { value, problemAt } = await checkedDocument<FleetFile>(text, file, fleetSchema);
  const config = resolve(value, dirname(file));
  const problem = problemOf(config) ?? (await dnsProblem(config.federation));
  if (problem !== undefined) throw problemAt(problem.path, problem.text);
  return config;
}

async function dnsProblem({ name, domain, dns }: FleetConfig['federation']): Promise<FleetProblem | undefined> {
  const problem = await zonesProblem(dns, { name, domain });
  return problem && { ...problem, path: ['federation', 'dns', ...problem.path] };
}

function resolve(file: FleetFile, directory: string): FleetConfig {
  const { encryptionProviderConfig: encryption, auditPolicyFile: audit, admissionPlugins, limits } = file;
  const { tracingConfigFile: tracing } = file;
  return {
    federation: resolveFederation(file.federation ?? {}, directory),
    clusters: resolveClusters(file.clusters ?? defaults.clusters, file.nodes ?? defaults.nodes),
    runtime: file.runtime ?? 'hollow',
    ...(encryption === undefined ? {} : { encryptionProviderConfig: resolvePath(directory, encryption) }),
    ...(audit === undefined ? {} : { auditPolicyFile: resolvePath(directory, audit) }),
    ...(tracing === undefined ? {} : { tracingConfigFile: resolvePath(directory, tracing) }),
    ...(admissionPlugins === undefined ? {} : { admissionPlugins }),
    ...resolveAdmission(file, directory),
    ...(limits === undefined ? {} : { limits }),
    ...resolveAuthentication(file, directory),
  };
}

function resolveAdmission(
  { admissionControlConfigFile: file }: FleetFile,
  directory: string,
): Pick<FleetConfig, 'admissionControlConfigFile'> {
  return file === undefined ? {} : { admissionControlConfigFile: resolvePath(directory, file) };
}

function resolveAuthentication(
  { authenticationConfig: configFile, tokenAuthFile: tokenFile }: FleetFile,
  directory: string,
): Pick<FleetConfig, 'authentication'> {
  if (configFile === undefined && tokenFile === undefined) return {};
  return {
    authentication: {
      ...(configFile === undefined ? {} : { configFile: resolvePath(directory, configFile) }),
      ...(tokenFile === undefined ? {} : { tokenFile: resolvePath(directory, tokenFile) }),
    },
  };
}

function resolveFederation(file: NonNullable<FleetFile['federation']>, directory: string): FleetConfig['federation'] {
  const { name, domain, port, context, namespace, dns, storage, leaderElection, ...others } = file;
  return {
    name: name ?? defaults.name,
    domain: domain ?? defaults.domain,
    port: port ?? defaults.apiPort,
    context: context ?? defaults.context,
    namespace: namespace ?? defaults.namespace,
    dns: resolveDns(dns ?? {}, directory),
    ...(storage === undefined ? {} : { storage: resolveStorage(storage, directory) }),
    ...(leaderElection === undefined ? {} : { leaderElection: { ...leaderElectionDefaults, ...leaderElection } }),
    ...others,
  };
}

function resolveStorage(storage: EtcdConfig, directory: string): EtcdConfig {
  const file = (key: 'caFile' | 'certFile' | 'keyFile' | 'passwordFile') => {
    const path = storage[key];
    return path === undefined ? {} : { [key]: resolvePath(directory, path) };
  };
  return { ...storage, ...file('caFile'), ...file('certFile'), ...file('keyFile'), ...file('passwordFile') };
}

function resolveClusters(clusters: number | readonly ClusterFile[], nodes: number): readonly ClusterConfig[] {
  if (typeof clusters === 'number') return defaultClusters(clusters, nodes);
  return clusters.map((cluster) => ({
    name: cluster.name,
    region: cluster.region,
    zones: cluster.zones ?? [cluster.zone ?? `${cluster.region}-a`],
    nodes: cluster.nodes ?? nodes,
    port: cluster.port ?? defaults.apiPort,
  }));
}
