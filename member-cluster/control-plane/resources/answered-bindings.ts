import { bindings, pods, withAnswer, type Binding } from '../../../src/apis/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';

/** `bindings`: the older way to what `pods/binding` does. */
export function answeredBindings(own: () => Client): ResourceDefinition<Binding> {
  return withAnswer(bindings, (binding, { key, signal, dryRun }) =>
    own().createSubresource<Binding>(pods, key, 'binding', binding, { signal, dryRun }),
  );
}
