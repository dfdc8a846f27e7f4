import { groupResource, withMetadata } from '../../../src/apimachinery/index.ts';
import type { AdmissionPlugin } from '../../../src/apiserver/index.ts';
import { storageProtection } from '../../controllers/index.ts';

/** New volumes and claims stay for as long as they are used, even when they are deleted: a controller lets them go. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ operation, resource, subresource }) =>
    operation === 'CREATE' && subresource === undefined && groupResource(resource) in storageProtection,
  async mutate({ object, resource }) {
    if (object === undefined) throw new TypeError('a create has an object');
    const finalizer = storageProtection[groupResource(resource)];
    const { finalizers = [] } = object.metadata;
    if (finalizer === undefined || finalizers.includes(finalizer)) return object;
    return withMetadata(object, { finalizers: [...finalizers, finalizer] });
  },
};
