import {
  badRequest,
  decodeJson,
  decodeYaml,
  invalid,
  invalidValue,
  type KubeObject,
  type StatusError,
} from '../../apimachinery/index.ts';
import {
  JSON_TYPE,
  mediaTypeOf,
  PROTOBUF_TYPE,
  unsupportedMediaType,
  YAML_TYPE,
  type BodyReader,
} from '../decoding/body-reader.ts';
import type { Decoder, DecodeOptions } from '../decoding/decoder.ts';
import type { PatchBody } from '../registry/patch.ts';
import { header, type ApiRequest } from './api-request.ts';
import { isTrue } from './request-info.ts';

/** The object in a body. */
export async function readObject(
  { reader, decoder }: { readonly reader: BodyReader; readonly decoder: Decoder },
  request: ApiRequest,
  options: Omit<DecodeOptions, 'duplicates'>,
): Promise<KubeObject> {
  const mediaType = mediaTypeOf(header(request, 'content-type'));
  // A kind that is in no table has no protobuf form.
  if (options.expected.readContent !== undefined && mediaType === PROTOBUF_TYPE) {
    throw unsupportedMediaType([JSON_TYPE, YAML_TYPE]);
  }
  const { value, duplicates } = await reader.read(request.body, mediaType, options.expected.kind);
  return decoder.decode(value, { ...options, duplicates });
}

const PATCH_TYPES: Readonly<Record<string, PatchBody['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
const APPLY_CBOR = 'application/apply-patch+cbor';

export interface ReadPatch {
  readonly patch: PatchBody;
  /** Paths of fields that stood twice. */
  readonly duplicates: readonly string[];
}

export async function readPatch(request: ApiRequest): Promise<ReadPatch> {
  const mediaType = mediaTypeOf(header(request, 'content-type'));
  const type = PATCH_TYPES[mediaType];
  if (type === undefined) throw unsupportedMediaType(Object.keys(PATCH_TYPES), refusedType(mediaType));
  const text = request.body.toString();
  if (type === 'apply') return readConfiguration(text, request.query);
  try {
    const { value, duplicates } = decodeJson(text);
    return { patch: { type, patch: value }, duplicates };
  } catch (err) {
    if (err instanceof SyntaxError) throw badRequest(`error decoding patch: ${err.message}`, err);
    throw err;
  }
}

async function readConfiguration(text: string, query: URLSearchParams): Promise<ReadPatch> {
  try {
    const { value, duplicates } = await decodeYaml(text);
    return { patch: { type: 'apply', patch: value, force: isTrue(query.get('force')) }, duplicates };
  } catch (err) {
    if (err instanceof SyntaxError) throw badRequest(`error decoding YAML: ${err.message}`, err);
    throw err;
  }
}

/** What a client wrote twice in a configuration shows nowhere in what is made of it. */
export function checkDuplicates(
  { patch, duplicates }: ReadPatch,
  { fieldValidation }: Pick<DecodeOptions, 'fieldValidation'>,
  warn: (text: string) => void,
): readonly string[] {
  if (patch.type !== 'apply') return duplicates;
  const problems = duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
  if (problems.length > 0 && fieldValidation === 'Strict') {
    throw badRequest(`error strict decoding YAML: ${problems.join(', ')}`);
  }
  if (fieldValidation === 'Warn') for (const problem of problems) warn(problem);
  return [];
}

/** What a patch makes of an object is refused as a field of the patch would be, not as a body. */
export function patchRefusal({ patch }: PatchBody): (why: string) => StatusError {
  return (why) => invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(patch), why)]);
}

function refusedType(mediaType: string): string | undefined {
  return mediaType === APPLY_CBOR ? `server-side apply of CBOR (${APPLY_CBOR}) is not supported` : undefined;
}
