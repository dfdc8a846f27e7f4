import { isStatusError, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { ANY_ITEM, formatPath, withoutFields, type FieldPath } from './field-path.ts';

/** As in `.spec.template.spec.containers[name="web"].resizePolicy: field not declared in schema`. */
const UNDECLARED = /((?:\.[\w$-]+|\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+): field not declared in schema/g;
const PART = /\.([\w$-]+)|\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]/g;

/** Fields of one kind that one member does not know, as it names them when it refuses to apply what has them. */
export class UnknownFields {
  readonly #paths = new Map<string, FieldPath>();

  /** What the member can take; the same object where that is all of it. */
  without<T extends KubeObject>(object: T): T {
    return withoutFields(object, this.#paths.values());
  }

  /** True when the answer names fields of `object` that were not known to be unknown. */
  learns(err: unknown, object: KubeObject): boolean {
    if (!isStatusError(err)) return false;
    const before = this.#paths.size;
    for (const [, text = ''] of err.message.matchAll(UNDECLARED)) {
      const path = pathOf(text);
      // What is not in there is not missed either, and a member could go on naming more for ever.
      if (withoutFields(object, [path]) !== object) this.#paths.set(formatPath(path), path);
    }
    return this.#paths.size > before;
  }
}

/** What each member's Kubernetes does not know of one kind, until it is another version. */
export class MembersUnknownFields {
  readonly #byClient = new WeakMap<Client, { readonly version: string; readonly fields: UnknownFields }>();

  of(client: Client, version = ''): UnknownFields {
    const known = this.#byClient.get(client);
    if (known?.version === version) return known.fields;
    const fields = new UnknownFields();
    this.#byClient.set(client, { version, fields });
    return fields;
  }
}

function pathOf(text: string): FieldPath {
  return [...text.matchAll(PART)].map(([, field]) => field ?? ANY_ITEM);
}
