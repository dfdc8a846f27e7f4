import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { FederatedType } from './federated-type.ts';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from './kinds/access.ts';
import { configMaps, secrets } from './kinds/config.ts';
import { definitions } from './kinds/definitions.ts';
import { deployments } from './kinds/deployments.ts';
import { claims, limitRanges, networkPolicies, resourceQuotas, serviceAccounts } from './kinds/namespaced.ts';
import { namespaces } from './kinds/namespaces.ts';
import { replicaSets } from './kinds/replica-sets.ts';
import { services } from './kinds/services.ts';
import {
  autoscalers,
  cronJobs,
  daemonSets,
  disruptionBudgets,
  ingresses,
  jobs,
  statefulSets,
} from './kinds/workloads.ts';

/** Calls `use` with each kind that is copied to members, in its own type. Custom resources come beside. */
export function forEachFederatedType(use: <T extends KubeObject>(type: FederatedType<T>) => void): void {
  use(namespaces);
  use(definitions);
  use(configMaps);
  use(secrets);
  use(serviceAccounts);
  use(roles);
  use(roleBindings);
  use(clusterRoles);
  use(clusterRoleBindings);
  use(limitRanges);
  use(resourceQuotas);
  use(networkPolicies);
  use(claims);
  use(services);
  use(deployments);
  use(replicaSets);
  use(statefulSets);
  use(daemonSets);
  use(jobs);
  use(cronJobs);
  use(autoscalers);
  use(disruptionBudgets);
  use(ingresses);
}
