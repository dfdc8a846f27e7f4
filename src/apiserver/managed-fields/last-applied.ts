import {
  hasPath,
  isObject,
  parseJson,
  StructureError,
  toFieldSet,
  type Conflict,
  type KubeObject,
  type MergeType,
  type UnknownObject,
} from '../../apimachinery/index.ts';

/** Who applied on the client's side before, and left there what he applied. */
const MANAGER = 'kubectl';
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** What kubectl owns by the configuration that it applied last itself is no conflict when it applies on the server. */
export function withoutOwnConflicts(
  conflicts: readonly Conflict[],
  live: KubeObject | undefined,
  { manager, type }: { readonly manager: string; readonly type: MergeType | undefined },
): readonly Conflict[] {
  const last = manager === MANAGER ? lastApplied(live) : undefined;
  if (last === undefined || type === undefined) return conflicts;
  try {
    const owned = toFieldSet(last, type);
    return conflicts.filter(({ path }) => !hasPath(owned, path));
  } catch (err) {
    if (err instanceof StructureError) return conflicts;
    throw err;
  }
}

/** Where kubectl applied on the client's side it shall be able to do so again: the configuration goes along. */
export function withLastApplied(object: UnknownObject, config: KubeObject, manager: string): UnknownObject {
  const metadata = object['metadata'];
  if (manager !== MANAGER || !isObject(metadata) || !isObject(metadata['annotations'])) return object;
  const { [ANNOTATION]: last, ...annotations } = metadata['annotations'];
  if (typeof last !== 'string' || last === '') return object;
  const text = `${JSON.stringify(withoutAnnotation(config))}\n`;
  const fits = text.length + JSON.stringify(annotations).length < MAX_ANNOTATIONS_BYTES;
  const next = { ...annotations, ...(fits ? { [ANNOTATION]: text } : {}) };
  return { ...object, metadata: { ...metadata, annotations: next } };
}

function withoutAnnotation({ metadata, ...rest }: KubeObject): UnknownObject {
  const { annotations, ...others } = metadata;
  if (annotations === undefined) return { ...rest, metadata };
  const { [ANNOTATION]: _last, ...kept } = annotations;
  return { ...rest, metadata: { ...others, annotations: kept } };
}

function lastApplied(live: KubeObject | undefined): UnknownObject | undefined {
  const text = live?.metadata.annotations?.[ANNOTATION] ?? '';
  if (text === '') return undefined;
  try {
    const config = parseJson(text);
    return isObject(config) ? config : undefined;
  } catch (err) {
    // Anybody may write what he likes in an annotation.
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}
