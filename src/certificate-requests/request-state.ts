import type { CertificateSigningRequest } from '../apis/index.ts';

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number];

export function conditionOf({ status }: CertificateSigningRequest, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function isIssued({ status }: CertificateSigningRequest): boolean {
  return (status?.certificate ?? '') !== '';
}

export function requestPem({ spec }: CertificateSigningRequest): string {
  return Buffer.from(spec.request, 'base64').toString('utf8');
}
