import { readFileSync } from 'node:fs';
import type { Cluster, KubeConfig } from '@kubernetes/client-node';
import type { RequestOptions as HttpsOptions } from 'node:https';
import type { Client } from './client.ts';
import { flatKubeconfig } from './flat-kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-document.ts';
import { createRemoteClient, type ClientCredentials } from './remote-client.ts';

export interface KubeconfigContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: readonly KubeconfigContext[];
  /** A client of the cluster and as the user that the context names; exec plugins and auth providers are asked as they have to be. */
  clientForContext(name: string): Promise<Client & AsyncDisposable>;
  /** Where the cluster of the context is, and the authority (PEM) that its certificate is of, if one is named. */
  serverOf(name: string): KubeconfigServer;
  /** The context alone, with what it names in files put in. Throws for what only works on this machine. */
  flattened(name: string): string;
}

export interface KubeconfigServer {
  readonly url: string;
  readonly ca?: string;
  /** Whatever answers is believed. */
  readonly insecureSkipTlsVerify?: boolean;
  /** The name that its certificate is for, when it is not that of the URL. */
  readonly tlsServerName?: string;
}

/** Reads a kubeconfig; without a path as kubectl would: `$KUBECONFIG`, `~/.kube/config`, in a cluster its service account. */
export async function loadKubeconfig(path?: string): Promise<Kubeconfig> {
  // It takes a second and 80 MB to load: only those who need a kubeconfig of somebody else pay for it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const load = () => {
    const config = new KubeConfig();
    try {
      if (path === undefined) config.loadFromDefault();
      else config.loadFromFile(path);
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      throw new KubeconfigError(`${path ?? 'the kubeconfig'} cannot be read: ${why}`, { cause: err });
    }
    return config;
  };
  const config = load();
  return {
    currentContext: config.getCurrentContext(),
    contexts: config.getContexts().map(({ name, cluster, user, namespace }) => ({
      name,
      cluster,
      user,
      ...(namespace === undefined ? {} : { namespace }),
    })),
    clientForContext: async (name) => clientOf(inContext(load(), name), name),
    serverOf: (name) => serverOf(clusterOf(inContext(load(), name), name)),
    flattened: (name) => flatKubeconfig(inContext(load(), name), name),
  };
}

function serverOf({ server, caData, caFile, skipTLSVerify, tlsServerName }: Cluster): KubeconfigServer {
  const ca = caData === undefined ? caFile && readFileSync(caFile, 'utf8') : Buffer.from(caData, 'base64').toString();
  return {
    url: server,
    ...(ca === undefined ? {} : { ca }),
    ...(skipTLSVerify ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined || tlsServerName === '' ? {} : { tlsServerName }),
  };
}

function inContext(config: KubeConfig, name: string): KubeConfig {
  if (config.getContextObject(name) === null) {
    const known = config.getContexts().map((context) => context.name);
    const others = known.length === 0 ? 'nor any other' : `only ${known.join(', ')}`;
    throw new KubeconfigError(`there is no context ${JSON.stringify(name)}, ${others}`);
  }
  config.setCurrentContext(name);
  return config;
}

function clusterOf(config: KubeConfig, name: string): Cluster {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new KubeconfigError(`the cluster of the context ${JSON.stringify(name)} is not there`);
  return cluster;
}

async function clientOf(config: KubeConfig, name: string): Promise<Client & AsyncDisposable> {
  const cluster = clusterOf(config, name);
  if (cluster.proxyUrl !== undefined) {
    throw new KubeconfigError(
      `the cluster of the context ${JSON.stringify(name)} has a proxy-url, which is not supported`,
    );
  }
  const options: HttpsOptions = {};
  await config.applyToHTTPSOptions(options);
  if (options.auth !== undefined && options.auth !== null) {
    throw new KubeconfigError(`the user of the context ${JSON.stringify(name)} has a password, which is not supported`);
  }
  const { ca, servername } = options;
  return createRemoteClient({
    server: cluster.server,
    credentials: credentialsOf(config, options),
    insecureSkipTlsVerify: options.rejectUnauthorized === false,
    ...(ca === undefined ? {} : { ca: textOf(ca) }),
    ...(servername === undefined || servername === '' ? {} : { tlsServerName: servername }),
  });
}

function credentialsOf(config: KubeConfig, options: HttpsOptions): ClientCredentials | undefined {
  const { cert, key } = options;
  if (cert !== undefined && key !== undefined) return { certificate: textOf(cert), key: textOf(key) };
  if (bearerOf(options) === undefined) return undefined;
  return {
    token: async () => {
      const fresh: HttpsOptions = {};
      await config.applyToHTTPSOptions(fresh);
      return bearerOf(fresh) ?? '';
    },
  };
}

function bearerOf({ headers }: HttpsOptions): string | undefined {
  const value: unknown = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof value === 'string' && value.startsWith('Bearer ') ? value.slice('Bearer '.length) : undefined;
}

/** client-node hands out PEM as Buffers. */
function textOf(pem: HttpsOptions['key']): string {
  if (typeof pem === 'string') return pem;
  if (Buffer.isBuffer(pem)) return pem.toString('utf8');
  throw new TypeError('PEM in a form that was not expected');
}
