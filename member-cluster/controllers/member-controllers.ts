import type { Runnable } from '../../src/component-base/index.ts';
import { buildController, type ControllerContext, type ControllerDefinition } from './controller-definition.ts';
import { bootstrapTokenController } from './bootstrap-token/controller.ts';
import { cronJobController } from './cron-job/controller.ts';
import { daemonSetController } from './daemon-set/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption/controller.ts';
import { staleTargetController } from './disruption/stale-target.ts';
import { endpointSliceController } from './endpoint-slice/controller.ts';
import { endpointSliceMirrorController } from './endpoint-slice-mirror/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { ephemeralVolumeController } from './ephemeral-volume.ts';
import { garbageCollectorController } from './garbage-collector/controller.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler/controller.ts';
import { jobController, orphanPodController } from './job/controller.ts';
import { kubernetesServiceController } from './kubernetes-service/controller.ts';
import { loadBalancerController } from './load-balancer/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './node-ipam.ts';
import { nodeLifecycleController, taintEvictionController } from './node-lifecycle/controllers.ts';
import { claimBinderController, volumeKeeperController } from './persistent-volume/controllers.ts';
import { podGarbageController } from './pod-garbage.ts';
import { replicaSetController } from './replica-set/controller.ts';
import { replicationControllerController } from './replication-controller/controller.ts';
import { resourceQuotaController } from './resource-quota/controller.ts';
import { statefulSetController } from './stateful-set/controller.ts';
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from './storage-protection/controllers.ts';
import { rootCaController, serviceAccountController, tokenSecretController } from './service-account/controllers.ts';
import { ttlAfterFinishedController } from './ttl-after-finished/controller.ts';

/** Every controller of a member cluster. */
const memberControllers: readonly ControllerDefinition[] = [
  kubernetesServiceController,
  serviceAccountController,
  rootCaController,
  tokenSecretController,
  bootstrapTokenController,
  deploymentController,
  replicaSetController,
  jobController,
  orphanPodController,
  cronJobController,
  ttlAfterFinishedController,
  horizontalPodAutoscalerController,
  replicationControllerController,
  daemonSetController,
  statefulSetController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirrorController,
  loadBalancerController,
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageController,
  disruptionController,
  staleTargetController,
  resourceQuotaController,
  ephemeralVolumeController,
  claimBinderController,
  volumeKeeperController,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  namespaceController,
  garbageCollectorController,
];

/** The controllers, to be started together with `context.informers`: each waits until those are synced. */
export function buildMemberControllers(context: ControllerContext): readonly Runnable[] {
  return memberControllers.map((definition) => buildController(definition, context));
}
