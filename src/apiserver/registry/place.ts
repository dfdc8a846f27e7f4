import type { KeyValue } from '../../storage/index.ts';
import type { RegistryDeps } from './deps.ts';
import { keyPrefix, storageKey } from './keys.ts';
import type { Selected } from './selection.ts';

/** Where in the store the objects of a selection are. */
export interface Place {
  readonly prefix: string;
  /** `prefix` is the key of the only object that can be meant: the first key that begins so. */
  readonly single: boolean;
  readonly isSelected: (kv: KeyValue) => boolean;
}

export function placeOf({ definition, codec }: RegistryDeps, { namespace, name, matches }: Selected): Place {
  const isMatch = (kv: KeyValue, isReadable = true) =>
    matches === undefined || (isReadable && matches(codec.version(kv).object));
  if (name === undefined || (namespace === undefined && definition.namespaced)) {
    // What nobody can read matches no selector: whoever looks for something else is not to fail by it.
    const isSelected = (kv: KeyValue) => isMatch(kv, kv.unreadable === undefined);
    return { prefix: keyPrefix(definition, namespace), single: false, isSelected };
  }
  const key = storageKey(definition, { namespace, name });
  return { prefix: key, single: true, isSelected: (kv) => kv.key === key && isMatch(kv) };
}
