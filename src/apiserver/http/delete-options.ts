import {
  badRequest,
  invalid,
  invalidValue,
  isList,
  isObject,
  notSupportedAmong,
  type FieldError,
  type StatusError,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import { mediaTypeOf, type BodyReader } from '../decoding/body-reader.ts';
import type { DeletionOptions } from '../registry/deletion-plan.ts';
import { header, type ApiRequest } from './api-request.ts';
import { dryRunErrors, integer } from './options.ts';

export interface DeleteQuery {
  readonly options: DeletionOptions;
  readonly dryRun: boolean;
}

/** DeleteOptions stand in the body or, without one, in the query. */
export async function deleteOptions(request: ApiRequest, reader: BodyReader): Promise<DeleteQuery> {
  const given = request.body.length === 0 ? fromQuery(request.query) : await fromBody(request, reader);
  const dryRun = isList(given['dryRun']) ? given['dryRun'].map(String) : [];
  const errors = dryRunErrors(dryRun);
  if (errors.length > 0) throw refused(...errors);
  return {
    dryRun: dryRun.includes('All') || request.query.getAll('dryRun').includes('All'),
    options: { ...gracePeriod(given), ...propagation(given), ...preconditions(given) },
  };
}

async function fromBody(request: ApiRequest, reader: BodyReader): Promise<UnknownObject> {
  const mediaType = mediaTypeOf(header(request, 'content-type'));
  const { value } = await reader.read(request.body, mediaType, 'DeleteOptions');
  if (!isObject(value)) throw badRequest('the body of a DELETE must be DeleteOptions');
  const { kind } = value;
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest(`the body of a DELETE must be DeleteOptions, not ${JSON.stringify(kind)}`);
  }
  return value;
}

function fromQuery(query: URLSearchParams): UnknownObject {
  const orphan = query.get('orphanDependents');
  return {
    gracePeriodSeconds: integer(query, 'gracePeriodSeconds'),
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
    orphanDependents: orphan === null ? undefined : orphan === 'true',
    dryRun: query.getAll('dryRun'),
  };
}

function gracePeriod({ gracePeriodSeconds: seconds }: UnknownObject): DeletionOptions {
  if (seconds === undefined || seconds === null) return {};
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    throw badRequest('gracePeriodSeconds is not an integer');
  return { gracePeriodSeconds: seconds };
}

function propagation({ propagationPolicy: policy, orphanDependents: orphan }: UnknownObject): DeletionOptions {
  if (isGiven(policy) && isGiven(orphan)) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    throw refused(invalidValue('propagationPolicy', policy, why));
  }
  switch (policy) {
    case 'Orphan':
    case 'Background':
    case 'Foreground':
      return { propagationPolicy: policy };
    case undefined:
    case null:
    case '':
      if (typeof orphan !== 'boolean') return {};
      return { propagationPolicy: orphan ? 'Orphan' : 'Background' };
    default:
      throw refused(notSupportedAmong('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function refused(...errors: readonly FieldError[]): StatusError {
  return invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
}

function preconditions({ preconditions: given }: UnknownObject): DeletionOptions {
  if (!isObject(given)) return {};
  const { uid, resourceVersion } = given;
  return {
    preconditions: {
      ...(typeof uid === 'string' ? { uid } : {}),
      ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
    },
  };
}
