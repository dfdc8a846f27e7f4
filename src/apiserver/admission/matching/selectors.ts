import {
  isNotFound,
  labelSelectorOf,
  matchesLabels,
  type KubeObject,
  type LabelSelector,
  type Resource,
} from '../../../apimachinery/index.ts';
import type { Client } from '../../../client/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { Source } from './source.ts';

const NAMESPACES: Resource = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };

export interface NamespaceReaderDeps {
  /** Asked first. */
  readonly namespaces: Pick<Source<KubeObject>['lister'], 'get'>;
  /** Asked for a namespace that the lister has not seen yet. */
  readonly own: Client;
}

export type NamespaceReader = (name: string, signal: AbortSignal) => Promise<KubeObject | undefined>;

export function namespaceReader({ namespaces, own }: NamespaceReaderDeps): NamespaceReader {
  return async (name, signal) => {
    const known = namespaces.get(name);
    if (known !== undefined) return known;
    try {
      return await own.get(NAMESPACES, { name }, { signal });
    } catch (err) {
      if (isNotFound(err)) return undefined;
      throw err;
    }
  };
}

/** Absent and empty selectors match everything; what is in no namespace matches every selector. */
export async function matchesNamespace(
  selector: LabelSelector | undefined,
  request: AdmissionRequest,
  { read, signal }: { readonly read: NamespaceReader; readonly signal: AbortSignal },
): Promise<boolean> {
  if (isEmpty(selector)) return true;
  if (request.resource.group === '' && request.resource.plural === 'namespaces') {
    return matchesLabels(labelSelectorOf(selector), (request.object ?? request.oldObject)?.metadata.labels);
  }
  const { namespace = '' } = request;
  if (namespace === '' || !request.resource.namespaced) return true;
  const found = await read(namespace, signal);
  return matchesLabels(labelSelectorOf(selector), found?.metadata.labels);
}

/** One of the two objects has to match. Options of connections have no labels, nor the lack of any. */
export function matchesObject(
  selector: LabelSelector | undefined,
  { operation, object, oldObject }: AdmissionRequest,
): boolean {
  if (isEmpty(selector)) return true;
  if (operation === 'CONNECT') return false;
  const requirements = labelSelectorOf(selector);
  return [object, oldObject].some((each) => each !== undefined && matchesLabels(requirements, each.metadata.labels));
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
