import {
  limitRanges as limitRangeResource,
  networkPolicies as networkPolicyResource,
  persistentVolumeClaims,
  resourceQuotas as resourceQuotaResource,
  serviceAccounts as serviceAccountResource,
  type PersistentVolumeClaim,
  type ServiceAccount,
} from '../../../src/apis/index.ts';
import { ranks, type FederatedType } from '../federated-type.ts';
import { claimStatus } from './claim-status.ts';
import { plain } from './plain.ts';

const { configuration: rank } = ranks;

/** A claim is bound by the member. */
export const claims: FederatedType<PersistentVolumeClaim> = plain(persistentVolumeClaims, {
  rank,
  retain: ({ spec, ...claim }, { spec: own }) => (spec === undefined ? claim : { ...claim, spec: { ...own, ...spec } }),
  aggregateStatus: claimStatus,
});
export const limitRanges = plain(limitRangeResource, { rank });
export const networkPolicies = plain(networkPolicyResource, { rank });
export const resourceQuotas = plain(resourceQuotaResource, { rank });

/** Tokens are each cluster's own. */
export const serviceAccounts: FederatedType<ServiceAccount> = plain(serviceAccountResource, {
  rank,
  toMember: ({ secrets: _tokens, ...account }) => account,
});
