import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { systemClock, type Clock } from '../component-base/index.ts';
import { DAY_MS, EC_P256, generateKeyPair, importPrivateKey, x509, type KeyPairPem } from './keys.ts';

/** A CA's certificate and private key, PEM. Whoever has the key can be anybody. */
export type CertificateAuthority = KeyPairPem;

export interface AuthorityOptions {
  readonly commonName?: string;
  readonly validDays?: number;
  readonly clock?: Clock;
}

export interface LeafOptions {
  readonly commonName: string;
  readonly validDays?: number;
  readonly clock?: Clock;
}

export interface ServingCertificateOptions extends LeafOptions {
  /** Names and addresses that clients will call. */
  readonly hosts: readonly string[];
}

export interface ClientCertificateOptions extends LeafOptions {
  /** Each becomes a group of the user. */
  readonly organizations?: readonly string[];
}

const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;
/** Clocks of machines differ: a certificate is good a little before it was made. */
const BACKDATE_MS = 5 * 60_000;

export async function createCertificateAuthority({
  commonName = 'koinon-ca',
  validDays = AUTHORITY_DAYS,
  clock = systemClock,
}: AuthorityOptions = {}): Promise<CertificateAuthority> {
  const x = await x509();
  const { keyCertSign, cRLSign, digitalSignature } = x.KeyUsageFlags;
  const keys = await generateKeyPair();
  const certificate = await x.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys: keys.pair,
    signingAlgorithm: EC_P256,
    ...validity(clock, validDays),
    extensions: [
      new x.BasicConstraintsExtension(true, undefined, true),
      new x.KeyUsagesExtension(keyCertSign | cRLSign | digitalSignature, true),
      await x.SubjectKeyIdentifierExtension.create(keys.pair.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: keys.pem };
}

/** A server's certificate for TLS, good for each of `hosts`. */
export async function issueServingCertificate(
  ca: CertificateAuthority,
  { hosts, ...leaf }: ServingCertificateOptions,
): Promise<KeyPairPem> {
  return issue(ca, leaf, { usage: 'serverAuth', organizations: [], hosts });
}

/** A client's certificate: `commonName` is the user, each of `organizations` a group. */
export async function issueClientCertificate(
  ca: CertificateAuthority,
  { organizations = [], ...leaf }: ClientCertificateOptions,
): Promise<KeyPairPem> {
  return issue(ca, leaf, { usage: 'clientAuth', organizations, hosts: [] });
}

interface LeafProfile {
  readonly usage: 'serverAuth' | 'clientAuth';
  readonly organizations: readonly string[];
  readonly hosts: readonly string[];
}

async function issue(ca: CertificateAuthority, leaf: LeafOptions, profile: LeafProfile): Promise<KeyPairPem> {
  const { clock = systemClock, validDays = LEAF_DAYS, commonName } = leaf;
  const x = await x509();
  const issuer = new x.X509Certificate(ca.certificate);
  const keys = await generateKeyPair();
  const certificate = await x.X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }, ...profile.organizations.map((organization) => ({ O: [organization] }))],
    issuer: issuer.subjectName,
    publicKey: keys.pair.publicKey,
    signingKey: await importPrivateKey(ca.key),
    signingAlgorithm: EC_P256,
    ...validity(clock, validDays, new X509Certificate(ca.certificate)),
    extensions: [
      new x.BasicConstraintsExtension(false, undefined, true),
      new x.KeyUsagesExtension(x.KeyUsageFlags.digitalSignature, true),
      new x.ExtendedKeyUsageExtension([x.ExtendedKeyUsage[profile.usage]]),
      await x.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(profile.hosts.length === 0
        ? []
        : [new x.SubjectAlternativeNameExtension(profile.hosts.map(alternativeName))]),
    ],
  });
  return { certificate: certificate.toString('pem'), key: keys.pem };
}

/** A leaf never outlives its issuer. */
function validity(clock: Clock, days: number, issuer?: X509Certificate): { notBefore: Date; notAfter: Date } {
  const now = clock.now();
  const end = issuer === undefined ? Infinity : Date.parse(issuer.validTo);
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(Math.min(now + days * DAY_MS, end)) };
}

function alternativeName(host: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}
