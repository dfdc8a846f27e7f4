import {
  ingressClasses,
  limitRanges,
  namespaces,
  nodes,
  pods,
  priorityClasses,
  resourceQuotas,
  storageClasses,
} from '../../../src/apis/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock, Logger } from '../../../src/component-base/index.ts';
import type { InformerSet } from '../../../src/controller/index.ts';
import { nodeRestriction } from '../../node-access/index.ts';
import { persistentVolumeClaimResize } from './claim-resize.ts';
import { defaultIngressClass, defaultStorageClass } from './default-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { knownObjects } from './known-objects.ts';
import { ownerReferencesPermissions, type OwnerReferencesDeps } from './owner-references.ts';
import { limitRanger } from './limit-ranger.ts';
import { podResizeValidator } from './pod-resize.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { USUAL_SETTINGS, type PodSecuritySettings } from './pod-security/settings.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use.ts';
import { taintNewNodes } from './taint-new-nodes.ts';

export interface BuiltInAdmissionDeps extends OwnerReferencesDeps {
  readonly own: Client;
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly log: Logger;
  /** The usual when absent. */
  readonly podSecurity?: PodSecuritySettings | undefined;
}

export interface BuiltInAdmission {
  /** In the order of Kubernetes. */
  readonly beforeWebhooks: readonly AdmissionPlugin[];
  /** What is taken of quotas is of the object as it will be stored. */
  readonly afterWebhooks: readonly AdmissionPlugin[];
}

/** What Kubernetes' own API server does with writes, beside what their users tell it to do. */
export function builtInAdmission(deps: BuiltInAdmissionDeps): BuiltInAdmission {
  const { own, authorizer, informers, clock, log } = deps;
  const classes = knownObjects(informers, storageClasses);
  const knownNodes = knownObjects(informers, nodes);
  return {
    beforeWebhooks: [
      limitRanger(knownObjects(informers, limitRanges)),
      serviceAccountAdmission(own, clock),
      nodeRestriction({ own, authorizer }),
      taintNewNodes,
      podSecurity({
        namespaces: knownObjects(informers, namespaces),
        own,
        pods: knownObjects(informers, pods),
        settings: deps.podSecurity ?? USUAL_SETTINGS,
      }),
      priority({ classes: knownObjects(informers, priorityClasses), own }),
      defaultTolerationSeconds,
      defaultStorageClass(classes),
      storageObjectInUseProtection,
      ownerReferencesPermissions(deps),
      persistentVolumeClaimResize(classes),
      runtimeClass(own),
      defaultIngressClass(knownObjects(informers, ingressClasses)),
      podTopologyLabels(knownNodes),
      podResizeValidator(knownNodes),
    ],
    afterWebhooks: [resourceQuota({ quotas: knownObjects(informers, resourceQuotas), own, log })],
  };
}
