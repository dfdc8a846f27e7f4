import { labelSelectorOf } from '../../../src/apimachinery/index.ts';
import { replicaSets, type ReplicaSet } from '../../../src/apis/index.ts';
import { replicaController } from './replica-controller.ts';

export const replicaSetController = replicaController<ReplicaSet>({
  kind: 'ReplicaSet',
  name: 'replicaset',
  resource: replicaSets,
  selectorOf: ({ spec }) => labelSelectorOf(spec?.selector),
  component: 'replicaset-controller',
});
