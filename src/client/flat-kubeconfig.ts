import { readFileSync } from 'node:fs';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import { KubeconfigError } from './kubeconfig-document.ts';

/** The current context of `config` in a kubeconfig of its own, as JSON, which needs nothing beside it. */
export function flatKubeconfig(config: KubeConfig, context: string): string {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null || user === null) {
    throw new KubeconfigError(`the context ${JSON.stringify(context)} lacks its cluster or its user`);
  }
  const name = 'member';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: flatCluster(cluster, context) }],
    users: [{ name, user: flatUser(user, context) }],
  });
}

function flatCluster({ server, caData, caFile, skipTLSVerify, tlsServerName, proxyUrl }: Cluster, context: string) {
  refuse(context, { 'tls-server-name': tlsServerName, 'proxy-url': proxyUrl });
  const authority = dataOf(caData, caFile);
  return {
    server,
    ...(authority === undefined ? {} : { 'certificate-authority-data': authority }),
    ...(skipTLSVerify ? { 'insecure-skip-tls-verify': true } : {}),
  };
}

function flatUser(
  { certData, certFile, keyData, keyFile, token, ...user }: User,
  context: string,
): Readonly<Record<string, string>> {
  // @NOTE client-node has no type for what a provider of an outside program says of itself.
  const authProvider: unknown = user.authProvider;
  const exec: unknown = user.exec;
  refuse(context, { exec, 'auth-provider': authProvider, username: user.username });
  const certificate = dataOf(certData, certFile);
  const key = dataOf(keyData, keyFile);
  if (certificate !== undefined && key !== undefined) {
    return { 'client-certificate-data': certificate, 'client-key-data': key };
  }
  if (token !== undefined) return { token };
  throw new KubeconfigError(`the user of the context ${JSON.stringify(context)} has neither a certificate nor a token`);
}

/** Base64, as a kubeconfig has it. */
function dataOf(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return data;
  return file === undefined ? undefined : readFileSync(file).toString('base64');
}

function refuse(context: string, fields: Readonly<Record<string, unknown>>): void {
  const found = Object.keys(fields).find((field) => fields[field] !== undefined && fields[field] !== '');
  if (found === undefined) return;
  throw new KubeconfigError(
    `the context ${JSON.stringify(context)} uses ${found}, which works on this machine only and cannot be handed on`,
  );
}
