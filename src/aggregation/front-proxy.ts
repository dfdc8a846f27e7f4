import { isAlreadyExists, isNotFound } from '../apimachinery/index.ts';
import { secrets, type Secret } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock } from '../component-base/index.ts';
import { createCertificateAuthority, issueClientCertificate, needsRenewal } from '../pki/index.ts';

/** The name in the certificate that a control plane shows to the servers behind it. */
export const FRONT_PROXY_NAME = 'front-proxy-client';

/** By what other servers know this one. PEM. */
export interface FrontProxy {
  /** Signs nothing else: whoever is believed because of it is a control plane of this cluster. The one of before follows. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const KEY = { namespace: 'kube-system', name: FRONT_PROXY_NAME };

/** The one that all control planes of the cluster share, if any of them ever needed it and it is still good. */
export async function presentFrontProxy(client: Client, clock: Clock): Promise<FrontProxy | undefined> {
  const secret = await readSecret(client);
  const proxy = secret === undefined ? undefined : fromSecret(secret);
  if (proxy === undefined) return undefined;
  return needsRenewal(proxy.certificate, clock.now()) ? undefined : proxy;
}

/** The same; made, and kept, when there is none. */
export async function ensureFrontProxy(client: Client, clock: Clock): Promise<FrontProxy> {
  const present = await presentFrontProxy(client, clock);
  if (present !== undefined) return present;
  const ca = await createCertificateAuthority({ commonName: 'front-proxy-ca', clock });
  const { certificate, key } = await issueClientCertificate(ca, { commonName: FRONT_PROXY_NAME, clock });
  const old = await readSecret(client);
  const former = old === undefined ? undefined : fromSecret(old);
  const made: FrontProxy = { ca: ca.certificate + firstOf(former?.ca ?? ''), certificate, key };
  try {
    if (old === undefined)
      await client.create(secrets, { metadata: KEY, type: 'kubernetes.io/tls', data: dataOf(made) });
    else await client.update(secrets, { ...old, data: dataOf(made) });
    return made;
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
    return ensureFrontProxy(client, clock);
  }
}

async function readSecret(client: Client): Promise<Secret | undefined> {
  try {
    return await client.get(secrets, KEY);
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

function firstOf(bundle: string): string {
  return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(bundle)?.[0] ?? '';
}

const encode = (pem: string) => Buffer.from(pem).toString('base64');
const decode = (text: string) => Buffer.from(text, 'base64').toString();

function dataOf({ ca, certificate, key }: FrontProxy): Readonly<Record<string, string>> {
  return { 'ca.crt': encode(ca), 'tls.crt': encode(certificate), 'tls.key': encode(key) };
}

function fromSecret({ data = {} }: Secret): FrontProxy | undefined {
  const { 'ca.crt': ca = '', 'tls.crt': certificate = '', 'tls.key': key = '' } = data;
  if (ca === '' || certificate === '' || key === '') return undefined;
  return { ca: decode(ca), certificate: decode(certificate), key: decode(key) };
}
