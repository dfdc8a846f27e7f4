import { selectorOfLabels } from '../../../src/apimachinery/index.ts';
import { replicationControllers, type ReplicationController } from '../../../src/apis/index.ts';
import { replicaController } from '../replica-set/replica-controller.ts';

/** A ReplicationController is a ReplicaSet that selects by plain labels. */
export const replicationControllerController = replicaController<ReplicationController>({
  kind: 'ReplicationController',
  name: 'replicationcontroller',
  resource: replicationControllers,
  selectorOf: ({ spec }) => selectorOfLabels(spec?.selector),
  component: 'replication-controller',
});
