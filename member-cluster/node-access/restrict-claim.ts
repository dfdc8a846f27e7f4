import { deepEqual } from '../../src/apimachinery/index.ts';
import type { PersistentVolumeClaim } from '../../src/apis/index.ts';
import { quoted, type NodeWrite } from './node-write.ts';

/** Of a claim a node tells how far it is with making it bigger. */
export function checkClaim({ node, request, refuse }: NodeWrite): void {
  const { subresource, operation } = request;
  if (subresource !== 'status') throw refuse('may only update PVC status');
  if (operation !== 'UPDATE') throw refuse(`unexpected operation ${quoted(operation)}`);
  // @NOTE the resource was checked, and an update is of an object that was there.
  const [next, old] = [request.object, request.oldObject].map((object) => fixedParts(object as PersistentVolumeClaim));
  if (deepEqual(next, old)) return;
  throw refuse(`node ${quoted(node)} is not allowed to update fields other than status.quantity and status.conditions`);
}

const OPEN_STATUS: readonly string[] = ['capacity', 'conditions', 'allocatedResourceStatuses', 'allocatedResources'];

function fixedParts({ metadata, spec, status = {} }: PersistentVolumeClaim): object {
  const { resourceVersion: _version, managedFields: _owners, ...named } = metadata;
  const fixed = Object.entries(status).filter(([field]) => !OPEN_STATUS.includes(field));
  return { metadata: named, spec, status: Object.fromEntries(fixed) };
}
