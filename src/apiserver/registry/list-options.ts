import { badRequest, forbiddenField, invalid, notSupported, type FieldError } from '../../apimachinery/index.ts';
import type { Revision } from '../../storage/index.ts';
import type { Selection } from './selection.ts';

export interface GetRequest {
  /** Not older than this one. */
  readonly resourceVersion?: string;
}

/** `meta/v1 ListOptions` as far as a list uses them. */
export interface ListRequest extends Selection {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly sendInitialEvents?: boolean;
}

/** `meta/v1 ListOptions` as far as a watch uses them. */
export interface WatchRequest extends Selection {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly sendInitialEvents?: boolean;
  readonly allowWatchBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

/** `undefined`: none was given. 0: any version will do. */
export function parseResourceVersion(text: string | undefined): Revision | undefined {
  if (text === undefined || text === '') return undefined;
  const revision = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(revision)) {
    throw badRequest(`invalid resource version: ${JSON.stringify(text)} is not an unsigned integer`);
  }
  return revision;
}

export function checkListOptions(request: ListRequest): void {
  const errors = matchErrors(request);
  if (request.sendInitialEvents !== undefined) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  refuse(errors);
}

export function checkWatchOptions(request: WatchRequest): void {
  const { sendInitialEvents, resourceVersionMatch } = request;
  if (sendInitialEvents === undefined) {
    const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    refuse(resourceVersionMatch === undefined ? [] : [forbiddenField('resourceVersionMatch', why)]);
    return;
  }
  if (resourceVersionMatch !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    refuse([forbiddenField('resourceVersionMatch', why)]);
  }
}

function matchErrors({ resourceVersionMatch, resourceVersion = '', continue: token = '' }: ListRequest): FieldError[] {
  const field = 'resourceVersionMatch';
  if (resourceVersionMatch === undefined || resourceVersionMatch === '') return [];
  if (token !== '') return [forbiddenField(field, `${field} is forbidden when continue is provided`)];
  if (resourceVersion === '')
    return [forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`)];
  if (resourceVersionMatch === 'NotOlderThan') return [];
  if (resourceVersionMatch !== 'Exact') {
    return [notSupported(field, resourceVersionMatch, ['Exact', 'NotOlderThan'])];
  }
  if (resourceVersion !== '0') return [];
  return [forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`)];
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}
