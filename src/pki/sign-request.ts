import { X509Certificate } from 'node:crypto';
import { systemClock, type Clock } from '../component-base/index.ts';
import type { CertificateAuthority } from './authority.ts';
import { EC_P256, importPrivateKey, x509 } from './keys.ts';

/** What a request (RFC 2986) asks to be named as. */
export interface RequestedNames {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
  /** Names of other sorts: emails, URIs. */
  readonly others: readonly string[];
}

export interface SigningOptions {
  /** Kubernetes' words, of those below. */
  readonly usages: readonly string[];
  readonly validSeconds: number;
  readonly clock?: Clock;
}

const BACKDATE_MS = 5 * 60_000;

/** Throws for what is no request. */
export async function requestedNames(pem: string): Promise<RequestedNames> {
  const x = await x509();
  const { subjectName, extensions } = new x.Pkcs10CertificateRequest(pem);
  const names = extensions
    .filter((extension) => extension instanceof x.SubjectAlternativeNameExtension)
    .flatMap((extension) => extension.names.items);
  const ofType = (type: string) => names.flatMap((name) => (name.type === type ? [name.value] : []));
  return {
    commonName: subjectName.getField('CN')[0] ?? '',
    organizations: subjectName.getField('O'),
    dnsNames: ofType('dns'),
    addresses: ofType('ip'),
    others: names.flatMap(({ type, value }) => (type === 'dns' || type === 'ip' ? [] : [value])),
  };
}

/** The certificate for a request, PEM: its subject, its alternative names and its key, nothing else that it asks for. */
export async function signRequest(
  ca: CertificateAuthority,
  pem: string,
  { usages, validSeconds, clock = systemClock }: SigningOptions,
): Promise<string> {
  const x = await x509();
  const request = new x.Pkcs10CertificateRequest(pem);
  const issuer = new x.X509Certificate(ca.certificate);
  const now = clock.now();
  const { digitalSignature, keyEncipherment } = x.KeyUsageFlags;
  const [flag, otherFlag = flag] = [
    ...(usages.includes('digital signature') ? [digitalSignature] : []),
    ...(usages.includes('key encipherment') ? [keyEncipherment] : []),
  ];
  const extended = [
    ...(usages.includes('client auth') ? [x.ExtendedKeyUsage.clientAuth] : []),
    ...(usages.includes('server auth') ? [x.ExtendedKeyUsage.serverAuth] : []),
  ];
  const certificate = await x.X509CertificateGenerator.create({
    subject: request.subjectName,
    issuer: issuer.subjectName,
    publicKey: request.publicKey,
    signingKey: await importPrivateKey(ca.key),
    signingAlgorithm: EC_P256,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(Math.min(now + validSeconds * 1000, Date.parse(new X509Certificate(ca.certificate).validTo))),
    extensions: [
      new x.BasicConstraintsExtension(false, undefined, true),
      ...(flag === undefined || otherFlag === undefined ? [] : [new x.KeyUsagesExtension(flag | otherFlag, true)]),
      new x.ExtendedKeyUsageExtension(extended),
      await x.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...request.extensions.filter((extension) => extension instanceof x.SubjectAlternativeNameExtension),
    ],
  });
  return certificate.toString('pem');
}
