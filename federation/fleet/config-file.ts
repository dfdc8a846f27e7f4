import { dirname, resolve as resolvePath } from 'node:path';
import type { ErrorObject } from 'ajv';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import {
  defaultClusters,
  defaults,
  dnsAddressOf,
  FleetConfigError,
  parseDnsAddress,
  type ClusterConfig,
  type FleetConfig,
} from './config.ts';
import { problemOf } from './cluster-rules.ts';
import { leaderElectionDefaults, type EtcdConfig } from './etcd-config.ts';
import { fleetSchema, type ClusterFile, type FleetFile } from './config-schema.ts';

/**
 * Reads a fleet file (YAML or JSON; `docs/reference/fleet.md`). Throws `FleetConfigError` that names file, line and
 * key of every problem, one a line.
 */
export async function parseFleetConfig(text: string, file: string): Promise<FleetConfig> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0] ?? ''}`);
    throw new FleetConfigError(problems.join('\n'));
  }
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addFormat('dns-address', (text: string) => dnsAddressOf(text) !== undefined);
  const validate = ajv.compile<FleetFile>(fleetSchema);
  const value: unknown = document.toJS() ?? {};
  if (!validate(value)) {
    const problems = (validate.errors ?? []).map((error) => `${at(offsetOf(document, error))}: ${wordingOf(error)}`);
    throw new FleetConfigError([...new Set(problems)].join('\n'));
  }
  const config = resolve(value, dirname(file));
  const problem = problemOf(config);
  if (problem === undefined) return config;
  const { path, text: what } = problem;
  throw new FleetConfigError(`${at(offsetOfPath(document, path))}: ${keyOf(`/${path.join('/')}`)}: ${what}`);
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
    dns: {
      ...parseDnsAddress(dns?.address ?? defaults.dnsAddress),
      ttlSeconds: dns?.ttlSeconds ?? defaults.ttlSeconds,
    },
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

/** `/clusters/0/name` → `clusters[0].name`. */
function keyOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function wordingOf(error: ErrorObject): string {
  const key = keyOf(error.instancePath);
  const prefix = key === '' ? '' : `${key}: `;
  // @NOTE ajv's params are untyped; each keyword documents its own (https://ajv.js.org/api.html#error-parameters).
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return `${prefix}unknown key "${String(params['additionalProperty'])}"`;
    case 'enum':
      return `${prefix}must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`;
    case 'pattern':
      return `${prefix}does not look right (must match ${String(params['pattern'])})`;
    case 'format':
      return `${prefix}is not an address such as ${defaults.dnsAddress}`;
    case 'type':
      return `${prefix}must be ${[params['type']].flat().map(String).join(' or ')}`;
    case 'not':
      return `${prefix}"zone" and "zones" exclude each other`;
    case 'required':
      return `${prefix}"${String(params['missingProperty'])}" is missing`;
    default:
      return `${prefix}${error.message ?? error.keyword}`;
  }
}

function offsetOf(document: Document, error: ErrorObject): number {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'additionalProperties') path.push(String(params['additionalProperty']));
  return offsetOfPath(document, path);
}

/** Where in the text the value of a path begins; that of its nearest ancestor when it is not there. */
function offsetOfPath(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return 0;
}
