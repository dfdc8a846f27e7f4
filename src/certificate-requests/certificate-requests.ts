import type { Runnable } from '../component-base/index.ts';
import type { CertificateAuthority } from '../pki/index.ts';
import { autoApproval } from './approval.ts';
import { cleaning } from './cleaning.ts';
import { requestController, type RequestControllerDeps } from './request-controller.ts';
import { signing } from './signing.ts';

export interface CertificateRequestsDeps extends RequestControllerDeps {
  /** Signs what was approved; nothing is signed when absent. */
  readonly authority?: CertificateAuthority | undefined;
}

/** What becomes of CertificateSigningRequests: approved where nobody has to look, signed, and deleted when they are over. */
export function certificateRequests({ authority, ...deps }: CertificateRequestsDeps): readonly Runnable[] {
  return [
    requestController('csrapproving', deps, autoApproval(deps)),
    ...(authority === undefined ? [] : [requestController('csrsigning', deps, signing(deps, authority))]),
    requestController('csrcleaner', deps, cleaning(deps)),
  ];
}
