import { formatTime } from '../../src/apimachinery/index.ts';
import type { Secret } from '../../src/apis/index.ts';
import type { NewObject } from '../../src/client/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { bookkeeping } from './bookkeeping.ts';

/** How the federation knows that it speaks to the member. */
export type Trust =
  /** PEM. */
  | { readonly kind: 'authority'; readonly ca: string }
  /** Authorities that the system of the federation knows. */
  | { readonly kind: 'system' }
  /** Whatever answers is believed. */
  | { readonly kind: 'blind' };

export interface StoredToken {
  readonly cluster: string;
  readonly secretName: string;
  readonly token: string;
  readonly trust: Trust;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** Absent for a token that does not end: nobody renews it. */
  readonly expiresAt?: number;
  readonly seconds: number;
}

/** The Secret from which the federation takes its credentials for a member. */
export function tokenSecret(stored: StoredToken): NewObject<Secret> {
  const { cluster, secretName, expiresAt, issuedAt, seconds } = stored;
  const renewal =
    expiresAt === undefined
      ? {}
      : {
          [bookkeeping.tokenSeconds]: String(seconds),
          [bookkeeping.tokenIssued]: formatTime(issuedAt),
          [bookkeeping.tokenExpires]: formatTime(expiresAt),
        };
  return secretOf({ cluster, secretName, data: tokenData(stored), annotations: renewal });
}

/** With credentials that somebody made elsewhere, in a kubeconfig without files beside it. */
export function kubeconfigSecret(cluster: string, secretName: string, kubeconfig: string): NewObject<Secret> {
  return secretOf({ cluster, secretName, data: { kubeconfig }, annotations: {} });
}

function secretOf({
  cluster,
  secretName,
  data,
  annotations,
}: {
  readonly cluster: string;
  readonly secretName: string;
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}): NewObject<Secret> {
  return {
    metadata: {
      name: secretName,
      namespace: FEDERATION_SYSTEM_NAMESPACE,
      annotations: { [bookkeeping.cluster]: cluster, ...annotations },
    },
    type: 'Opaque',
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encoded(text)])),
  };
}

/** As the original wrote it, `token` beside `ca.crt`; in a kubeconfig where there is no authority to name. */
function tokenData({ token, trust, cluster }: StoredToken): Readonly<Record<string, string>> {
  if (trust.kind === 'authority') return { token, 'ca.crt': trust.ca };
  const insecure = trust.kind === 'blind' ? { 'insecure-skip-tls-verify': true } : {};
  return {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': cluster,
      contexts: [{ name: cluster, context: { cluster, user: cluster } }],
      clusters: [{ name: cluster, cluster: { server: '', ...insecure } }],
      users: [{ name: cluster, user: { token } }],
    }),
  };
}

/** The token is the Secret's own copy of another: all else in it stays. */
export function withToken(secret: Secret, token: string, issuedAt: number, expiresAt: number): Secret {
  const { data = {}, metadata } = secret;
  const kubeconfig = data['kubeconfig'];
  const annotations = {
    ...metadata.annotations,
    [bookkeeping.tokenIssued]: formatTime(issuedAt),
    [bookkeeping.tokenExpires]: formatTime(expiresAt),
  };
  return {
    ...secret,
    metadata: { ...metadata, annotations },
    data:
      kubeconfig === undefined
        ? { ...data, token: encoded(token) }
        : { ...data, kubeconfig: encoded(withUserToken(Buffer.from(kubeconfig, 'base64').toString('utf8'), token)) },
  };
}

function withUserToken(kubeconfig: string, token: string): string {
  // @NOTE written above, and marked as ours by the annotation that says that it is to be renewed.
  const config = JSON.parse(kubeconfig) as { readonly users: readonly { readonly name: string }[] };
  return JSON.stringify({ ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) });
}

function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
