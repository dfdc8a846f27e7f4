import {
  badRequest,
  forbiddenField,
  invalid,
  notSupported,
  notSupportedAmong,
  type FieldError,
} from '../../apimachinery/index.ts';
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

const MATCH = 'resourceVersionMatch';
const EXACT = 'Exact';
const NOT_OLDER_THAN = 'NotOlderThan';

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

export function checkWatchOptions({ sendInitialEvents, resourceVersionMatch: match = '' }: WatchRequest): void {
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== NOT_OLDER_THAN) {
    errors.push(forbiddenField(MATCH, `sendInitialEvents requires setting ${MATCH} to ${NOT_OLDER_THAN}`));
  }
  if (sendInitialEvents === undefined && match !== '') {
    errors.push(forbiddenField(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
  }
  if (match !== '' && match !== NOT_OLDER_THAN) errors.push(notSupported(MATCH, match, [NOT_OLDER_THAN]));
  refuse(errors);
}

function matchErrors(request: ListRequest): FieldError[] {
  const { resourceVersionMatch: match = '', resourceVersion = '', continue: token = '' } = request;
  if (match === '') return [];
  const forbidden = (why: string) => forbiddenField(MATCH, `${MATCH} ${why}`);
  const errors: FieldError[] = [];
  if (resourceVersion === '') errors.push(forbidden('is forbidden unless resourceVersion is provided'));
  if (token !== '') errors.push(forbidden('is forbidden when continue is provided'));
  if (match !== EXACT && match !== NOT_OLDER_THAN)
    errors.push(notSupportedAmong(MATCH, match, [EXACT, NOT_OLDER_THAN, '']));
  if (match === EXACT && resourceVersion === '0') {
    errors.push(forbidden('"exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}
