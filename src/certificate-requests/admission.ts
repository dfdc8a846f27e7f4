import { deepEqual, forbidden, groupResource, type KubeObject } from '../apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest, Authorizer } from '../apiserver/index.ts';
import { requestedNames } from '../pki/index.ts';

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';

/** Who may decide on requests for certificates and sign them, signer by signer, and what nobody may ask for. */
export function certificateAdmission(authorize: Authorizer): readonly AdmissionPlugin[] {
  const isRequest = ({ resource }: AdmissionRequest) =>
    groupResource(resource) === groupResource(certificateSigningRequests);
  const onlyWho = async (verb: 'approve' | 'sign', request: AdmissionRequest) => {
    const { signerName } = asRequest(request.oldObject ?? request.object).spec;
    if (await mayForSigner(authorize, request, verb, signerName)) return;
    const why = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`;
    throw forbidden(request.resource, request.name, why);
  };
  return [
    {
      name: 'CertificateApproval',
      handles: (request) => isRequest(request) && request.subresource === 'approval' && request.operation === 'UPDATE',
      validate: (request) => onlyWho('approve', request),
    },
    {
      name: 'CertificateSigning',
      handles: (request) => isRequest(request) && request.subresource === 'status' && request.operation === 'UPDATE',
      async validate(request) {
        const { status } = asRequest(request.object);
        const { status: old } = asRequest(request.oldObject);
        const isSame = status?.certificate === old?.certificate && deepEqual(failures(status), failures(old));
        if (!isSame) await onlyWho('sign', request);
      },
    },
    {
      name: 'CertificateSubjectRestriction',
      handles: (request) => isRequest(request) && request.subresource === undefined && request.operation === 'CREATE',
      async validate({ object, resource, name }) {
        const { signerName, request } = asRequest(object).spec;
        if (signerName !== CLIENT_SIGNER) return;
        if (!(await organizationsIn(request)).includes(MASTERS)) return;
        throw forbidden(resource, name, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
      },
    },
  ];
}

/** By the signer's own name, or by all of its domain. */
async function mayForSigner(
  authorize: Authorizer,
  { user }: AdmissionRequest,
  verb: string,
  signerName: string,
): Promise<boolean> {
  const [domain = ''] = signerName.split('/');
  for (const name of [signerName, `${domain}/*`]) {
    const resource = { group: certificateSigningRequests.group, version: '*', plural: 'signers', name };
    if ((await authorize({ user, verb, resource })).allowed) return true;
  }
  return false;
}

/** What is no request at all is refused for that, not here. */
async function organizationsIn(request: string): Promise<readonly string[]> {
  try {
    return (await requestedNames(Buffer.from(request, 'base64').toString('utf8'))).organizations;
  } catch {
    return [];
  }
}

function failures(status: CertificateSigningRequest['status']) {
  return (status?.conditions ?? []).filter(({ type }) => type === 'Failed');
}

function asRequest(object: KubeObject | undefined): CertificateSigningRequest {
  // @NOTE the resource was checked, and the registry decoded the object against its schema.
  return object as CertificateSigningRequest;
}
