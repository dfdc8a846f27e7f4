import { X509Certificate } from 'node:crypto';
import {
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  shortDuration,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition, WriteContext } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import type { CertificateSigningRequest, CertificateSigningRequestSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import {
  conditionsOf,
  validateConditions,
  validateConditionsUpdate,
  withConditionTimes,
} from './request-conditions.ts';
import { pemBlocks, requestProblem } from './request-check.ts';
import { validateSignerName } from './signer-name.ts';

const MIN_SECONDS = 600;

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

export const certificateSigningRequests: ResourceDefinition<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  schema: 'k8s.io/api/certificates/v1.CertificateSigningRequest',
  subresources: [
    {
      type: 'status',
      name: 'status',
      prepareForUpdate: decided,
      validateUpdate: (request, old) => validateChange(request, old, 'certificate'),
    },
    {
      type: 'update',
      name: 'approval',
      prepareForUpdate: decided,
      validateUpdate: (request, old) => validateChange(request, old, 'decision'),
    },
  ],
  strategy: {
    // Any name does.
    validateName: () => [],
    prepareForCreate: asked,
    prepareForUpdate: ({ spec: _spec, status: _status, ...rest }, { spec, status }) => ({
      ...rest,
      spec,
      ...(status === undefined ? {} : { status }),
    }),
    validate: (request) => [...validateSpec(sent(request).spec ?? {}), ...validateConditions(conditionsOf(request))],
  },
  fieldSelectors: { 'spec.signerName': ({ spec }) => spec.signerName },
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', type: 'string', description: 'Who shall sign it.', value: ({ spec }) => spec.signerName },
    { name: 'Requestor', type: 'string', description: 'Who asks for it.', value: ({ spec }) => spec.username ?? '' },
    {
      name: 'RequestedDuration',
      type: 'string',
      description: 'How long the certificate shall be valid.',
      value: ({ spec: { expirationSeconds } }) =>
        expirationSeconds === undefined ? NONE : shortDuration(expirationSeconds * 1000),
    },
    { name: 'Condition', type: 'string', description: 'What became of it.', value: conditionText },
  ],
};

/** Who asks is who sent the request, whatever it says. */
function asked(request: CertificateSigningRequest, { user }: WriteContext): CertificateSigningRequest {
  const { status: _status, ...rest } = request;
  const { username: _username, uid: _uid, groups: _groups, extra: _extra, ...spec } = sent(request).spec ?? {};
  // @NOTE what it lacks is found by `validate`.
  const own = spec as CertificateSigningRequestSpec;
  return {
    ...rest,
    spec: {
      ...own,
      username: user.username,
      groups: user.groups,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
  };
}

function decided(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  context: WriteContext,
): CertificateSigningRequest {
  return withConditionTimes({ ...request, spec: old.spec }, old, context);
}

function validateSpec(spec: Sent<CertificateSigningRequestSpec>): readonly FieldError[] {
  const { request = '', usages = [], signerName = '', expirationSeconds = MIN_SECONDS } = spec;
  const problem = requestProblem(request);
  return [
    ...(problem === undefined ? [] : [invalidValue('spec.request', request, problem)]),
    ...(usages.length === 0 ? [required('spec.usages')] : []),
    ...usages.flatMap((usage, index) =>
      USAGES.includes(usage) ? [] : [notSupported(`spec.usages[${index}]`, usage, USAGES)],
    ),
    ...usages.flatMap((usage, index) =>
      usages.indexOf(usage) < index ? [duplicate(`spec.usages[${index}]`, usage)] : [],
    ),
    ...(signerName === 'kubernetes.io/legacy-unknown'
      ? [invalidValue('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version')]
      : validateSignerName('spec.signerName', signerName)),
    ...(expirationSeconds < MIN_SECONDS
      ? [
          invalidValue(
            'spec.expirationSeconds',
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
  ];
}

function validateChange(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  allowed: 'certificate' | 'decision',
): readonly FieldError[] {
  return [
    ...validateConditions(conditionsOf(request)),
    ...validateConditionsUpdate(conditionsOf(request), conditionsOf(old), allowed === 'decision'),
    ...validateCertificate(request.status?.certificate ?? '', old.status?.certificate ?? '', allowed === 'certificate'),
  ];
}

function validateCertificate(certificate: string, old: string, mayIssue: boolean): readonly FieldError[] {
  const field = 'status.certificate';
  if (certificate === old) return [];
  if (!mayIssue) return [forbiddenField(field, 'updates may not set certificate content')];
  const problem = certificateProblem(certificate);
  return [
    ...(problem === undefined ? [] : [invalidValue(field, '<certificate data>', problem)]),
    ...(old === '' ? [] : [forbiddenField(field, 'updates may not modify existing certificate content')]),
  ];
}

function certificateProblem(certificate: string): string | undefined {
  const blocks = pemBlocks(Buffer.from(certificate, 'base64').toString('latin1'));
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  const other = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (other !== undefined) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other.label)}`;
  if (blocks.some(({ hasHeaders }) => hasHeaders)) return 'no PEM block headers are permitted';
  try {
    for (const { der } of blocks) new X509Certificate(der);
    return undefined;
  } catch (err) {
    return `x509: malformed certificate: ${err instanceof Error ? err.message : String(err)}`;
  }
}

function conditionText(request: CertificateSigningRequest): string {
  const types = conditionsOf(request).map(({ type }) => type);
  const decision = ['Denied', 'Approved'].find((type) => types.includes(type)) ?? 'Pending';
  const isIssued = (request.status?.certificate ?? '') !== '';
  return `${decision}${types.includes('Failed') ? ',Failed' : ''}${isIssued ? ',Issued' : ''}`;
}
