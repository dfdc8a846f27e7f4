import { namespaces, pods } from '../../../src/apis/index.ts';
import { podIndexes } from '../../pods/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { namespaceReconciler } from './namespace.ts';

export const namespaceController: ControllerDefinition = {
  name: 'namespace',
  workers: 4,
  build({ informers, client, clock, settings }, queue) {
    const informer = informers.of(namespaces);
    const isEnding = (name: string) => informer.lister.get(name)?.metadata.deletionTimestamp !== undefined;
    informer.onEvent(({ key, type }) => {
      if (type !== 'delete' && isEnding(key)) queue.add(key);
    });
    // Pods take the longest to go; all else waits for them.
    informers.of(pods, { indexes: podIndexes }).onEvent(({ type, object }) => {
      const { namespace = '' } = object.metadata;
      if (type === 'delete' && isEnding(namespace)) queue.add(namespace);
    });
    const resources = () => settings.resources.list().filter(({ namespaced }) => namespaced);
    return namespaceReconciler({ namespaces: informer.lister, resources, client, clock });
  },
};
