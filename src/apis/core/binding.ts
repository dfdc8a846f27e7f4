import { notSupported, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { unanswered } from '../compose.ts';
import type { Binding, ObjectReference } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

/** Gives a pod its node, as `pods/binding` does; it is asked for and never stored. */
export const bindings: ResourceDefinition<Binding> = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  singular: 'binding',
  namespaced: true,
  schema: 'k8s.io/api/core/v1.Binding',
  strategy: { validate },
  answer: unanswered({ kind: 'Binding' }),
};

function validate(binding: Binding): readonly FieldError[] {
  const { kind = '', name = '' }: Sent<ObjectReference> = sent(binding).target ?? {};
  return [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name')] : []),
  ];
}
