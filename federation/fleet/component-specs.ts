import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { mkdir } from 'node:fs/promises';
import { apiAddress, type BlockClaims } from './blocks.ts';
import type { FleetCertificates } from './certificates.ts';
import type { ComponentSpec, MemberSpec } from './component.ts';
import type { ClusterConfig, FleetConfig } from './config.ts';
import type { Home } from './home.ts';

/** Names of all components, the federation's first. */
export function componentNames(config: FleetConfig): readonly string[] {
  return [config.federation.name, ...config.clusters.map((cluster) => cluster.name)];
}

export function portOf(config: FleetConfig, name: string): number {
  if (name === config.federation.name) return config.federation.port;
  return config.clusters.find((cluster) => cluster.name === name)?.port ?? 0;
}

/** Claims a block for each component. One that has a block keeps it, so addresses survive a restart. */
export async function assignBlocks(
  config: FleetConfig,
  known: Readonly<Record<string, number>>,
  claims: BlockClaims,
): Promise<Readonly<Record<string, number>>> {
  const blocks: Record<string, number> = {};
  for (const name of componentNames(config)) {
    const block = known[name];
    if (block === undefined) continue;
    if (!(await claims.claim(block))) throw new Error(`127.${block}, where ${name} lives, is used by another fleet`);
    blocks[name] = block;
  }
  for (const name of componentNames(config)) {
    blocks[name] ??= await claims.claimFree(portOf(config, name), new Set(Object.values(known)));
  }
  return blocks;
}

export interface SpecDeps {
  readonly home: Home;
  readonly config: FleetConfig;
  readonly certificates: FleetCertificates;
}

export async function federationSpec({ home, config, certificates }: SpecDeps, block: number): Promise<ComponentSpec> {
  const { name, port, domain, dns, storage, leaderElection, health } = config.federation;
  return {
    kind: 'federation',
    name,
    block,
    listen: { host: apiAddress(block), port },
    dataDirectory: home.federation,
    ...encryptionOf(config),
    ...auditOf(config, home, name),
    ...tracingOf(config),
    ...limitsOf(config),
    ...authenticationOf(config),
    pki: await certificates.forComponent(name, block),
    federation: {
      domain,
      dns,
      dnsDirectory: home.dns,
      ...(storage === undefined ? {} : { storage }),
      ...(leaderElection === undefined ? {} : { leaderElection }),
      ...(health === undefined ? {} : { health }),
    },
  };
}

export async function memberSpec(deps: SpecDeps, cluster: ClusterConfig, block: number): Promise<ComponentSpec> {
  const { name, port, region, zones, nodes } = cluster;
  const { runtime } = deps.config;
  const dataDirectory = deps.home.cluster(name);
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  return {
    kind: 'member',
    name,
    block,
    listen: { host: apiAddress(block), port },
    dataDirectory,
    ...encryptionOf(deps.config),
    ...auditOf(deps.config, deps.home, name),
    ...tracingOf(deps.config),
    ...limitsOf(deps.config),
    ...authenticationOf(deps.config),
    pki: await deps.certificates.forComponent(name, block),
    member: { region, zones, nodes, runtime, ...admissionOf(deps.config) },
  };
}

function admissionOf({
  admissionPlugins,
  admissionControlConfigFile,
}: FleetConfig): Pick<MemberSpec, 'admissionPlugins' | 'admissionControlConfigFile'> {
  return {
    ...(admissionPlugins === undefined ? {} : { admissionPlugins }),
    ...(admissionControlConfigFile === undefined ? {} : { admissionControlConfigFile }),
  };
}

function encryptionOf({ encryptionProviderConfig }: FleetConfig): Pick<ComponentSpec, 'encryptionProviderConfig'> {
  return encryptionProviderConfig === undefined ? {} : { encryptionProviderConfig };
}

function auditOf({ auditPolicyFile }: FleetConfig, { logs }: Home, name: string): Pick<ComponentSpec, 'audit'> {
  if (auditPolicyFile === undefined) return {};
  return { audit: { policyFile: auditPolicyFile, logFile: join(logs, `${name}-audit.log`) } };
}

function tracingOf({ tracingConfigFile }: FleetConfig): Pick<ComponentSpec, 'tracingConfigFile'> {
  return tracingConfigFile === undefined ? {} : { tracingConfigFile };
}

function limitsOf({ limits }: FleetConfig): Pick<ComponentSpec, 'limits'> {
  return limits === undefined ? {} : { limits };
}

function authenticationOf({ authentication }: FleetConfig): Pick<ComponentSpec, 'authentication'> {
  return authentication === undefined ? {} : { authentication };
}

/** Where the process of a component reads its spec. */
export function specFile(spec: ComponentSpec): string {
  return join(spec.dataDirectory, 'component.json');
}

export async function writeSpec(spec: ComponentSpec): Promise<void> {
  await writeFileAtomic(specFile(spec), `${JSON.stringify(spec, null, 2)}\n`, { mode: 0o600 });
}
