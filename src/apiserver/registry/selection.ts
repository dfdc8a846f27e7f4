import {
  badRequest,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  type FieldSelector,
  type KubeObject,
  type Selector,
} from '../../apimachinery/index.ts';
import type { FieldValue, ResourceDefinition } from '../resource-definition.ts';

/** Which objects of a resource a list, watch or collection delete is about. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** What the field selector may name, if not what the definition says. */
  readonly fieldSelectors?: ResourceDefinition['fieldSelectors'];
}

/** A `Selection` that has been read: where to look, and what to keep. */
export interface Selected {
  readonly namespace: string | undefined;
  /** `metadata.name=…` was asked for: at most one object a namespace. */
  readonly name: string | undefined;
  /** Absent: everything there matches. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
}

export function select(definition: ResourceDefinition, selection: Selection): Selected {
  const labels = parse(() => parseLabelSelector(selection.labelSelector ?? ''));
  const fields = parse(() => parseFieldSelector(selection.fieldSelector ?? ''));
  const { namespaced } = definition;
  const { fieldSelectors = definition.fieldSelectors } = selection;
  const values = new Map(fields.map(({ field }) => [field, fieldValue({ namespaced, fieldSelectors }, field)]));
  const equal = (field: string) => fields.find((term) => term.field === field && term.operator === '=')?.value;
  return {
    namespace: namespaceOf(selection, equal('metadata.namespace')),
    name: equal('metadata.name'),
    matches: matcher(labels, fields, values),
  };
}

/** A field selector on the namespace narrows a request over all namespaces; it does not widen one. */
function namespaceOf({ namespace }: Selection, asked: string | undefined): string | undefined {
  return namespace ?? (asked === '' ? undefined : asked);
}

function matcher(
  labels: Selector,
  fields: FieldSelector,
  values: ReadonlyMap<string, FieldValue<KubeObject>>,
): ((object: KubeObject) => boolean) | undefined {
  if (labels.length === 0 && fields.length === 0) return undefined;
  return (object) =>
    matchesLabels(labels, object.metadata.labels) &&
    matchesFields(fields, (field) => values.get(field)?.(object) ?? '');
}

type Selectable = Pick<ResourceDefinition, 'namespaced'> & Pick<Selection, 'fieldSelectors'>;

function fieldValue({ namespaced, fieldSelectors: own }: Selectable, field: string): FieldValue<KubeObject> {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? '';
  if (field === 'metadata.namespace' && namespaced) return (object) => object.metadata.namespace ?? '';
  const value = own !== undefined && Object.hasOwn(own, field) ? own[field] : undefined;
  if (value !== undefined) return value;
  if (own !== undefined) throw badRequest(`field label not supported: ${field}`);
  const known = namespaced ? '"metadata.name", "metadata.namespace"' : '"metadata.name"';
  throw badRequest(`"${field}" is not a known field selector: only ${known}`);
}

function parse<R>(parser: () => R): R {
  try {
    return parser();
  } catch (err) {
    throw badRequest(err instanceof Error ? err.message : String(err), err);
  }
}
