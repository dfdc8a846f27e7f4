import { deepEqual } from '../../src/apimachinery/index.ts';
import type { Node } from '../../src/apis/index.ts';
import { forbiddenChanges } from './node-labels.ts';
import { quoted, type NodeWrite } from './node-write.ts';

/** A node writes its own Node, and nothing in it that would draw pods to it that are not for it. */
export function checkNode({ node, request, refuse }: NodeWrite): void {
  const { name, operation } = request;
  const self = `node ${quoted(node)}`;
  if (name !== node) throw refuse(`${self} is not allowed to modify node ${quoted(name)}`);
  // @NOTE the resource was checked, and these two are of an object.
  const next = request.object as Node;
  if (operation === 'CREATE') {
    if (next.spec?.configSource !== undefined) {
      throw refuse(`${self} is not allowed to create pods with a non-nil configSource`);
    }
    const labels = forbiddenChanges(next.metadata.labels);
    if (labels.length > 0) throw refuse(`${self} is not allowed to set the following labels: ${labels.join(', ')}`);
  }
  // @NOTE an update is of a Node that was there.
  if (operation === 'UPDATE') checkChange(next, request.oldObject as Node, { self, refuse });
}

function checkChange(
  next: Node,
  old: Node,
  { self, refuse }: Pick<NodeWrite, 'refuse'> & { readonly self: string },
): void {
  const changed = (part: (one: Node) => unknown) => !deepEqual(part(next), part(old));
  const sourceOf = ({ spec }: Node) => spec?.configSource;
  if (sourceOf(next) !== undefined && changed(sourceOf)) {
    throw refuse(`${self} is not allowed to update configSource to a new non-nil configSource`);
  }
  if (changed(({ spec }) => spec?.taints ?? [])) throw refuse(`${self} is not allowed to modify taints`);
  if (changed(({ metadata }) => metadata.ownerReferences ?? [])) {
    throw refuse(`${self} is not allowed to modify ownerReferences`);
  }
  const labels = forbiddenChanges(next.metadata.labels, old.metadata.labels);
  if (labels.length > 0) throw refuse(`is not allowed to modify labels: ${labels.join(', ')}`);
}
