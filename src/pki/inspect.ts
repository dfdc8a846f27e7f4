import { X509Certificate } from 'node:crypto';

export interface CertificateFacts {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What koinon cares about in a certificate. Throws on anything that is not a PEM certificate. */
export function inspectCertificate(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  // `certificate.subject` escapes special characters; the legacy form has the attributes as they are.
  const { CN, O } = certificate.toLegacyObject().subject;
  return {
    commonName: allOf(CN)[0] ?? '',
    organizations: allOf(O),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

/** True once four fifths of the certificate's life are over, or before it has begun. */
export function needsRenewal(pem: string, now: number): boolean {
  const { notBefore, notAfter } = inspectCertificate(pem);
  return now < notBefore || now >= notBefore + (notAfter - notBefore) * 0.8;
}

/** True when `pem` was signed by this CA; dates are not looked at. */
export function isIssuedBy(pem: string, authority: string): boolean {
  const [leaf, issuer] = [new X509Certificate(pem), new X509Certificate(authority)];
  return leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
}

function allOf(attribute: string | string[] | undefined): readonly string[] {
  return attribute === undefined ? [] : [attribute].flat();
}
