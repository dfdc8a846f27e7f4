import {
  badRequest,
  decodeJson,
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
};
const APPLY_PATCH = 'application/apply-patch+yaml';

export interface ReadPatch {
  readonly patch: PatchBody;
  readonly duplicates: readonly string[];
}

export function readPatch(request: ApiRequest): ReadPatch {
  const mediaType = mediaTypeOf(header(request, 'content-type'));
  const type = PATCH_TYPES[mediaType];
  if (type === undefined) throw unsupportedMediaType(Object.keys(PATCH_TYPES), refusedType(mediaType));
  try {
    const { value, duplicates } = decodeJson(request.body.toString());
    return { patch: { type, patch: value }, duplicates };
  } catch (err) {
    if (err instanceof SyntaxError) throw badRequest(`error decoding patch: ${err.message}`, err);
    throw err;
  }
}

/** What a patch makes of an object is refused as a field of the patch would be, not as a body. */
export function patchRefusal({ patch }: PatchBody): (why: string) => StatusError {
  return (why) => invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(patch), why)]);
}

function refusedType(mediaType: string): string | undefined {
  return mediaType === APPLY_PATCH ? `server-side apply (${APPLY_PATCH}) is not supported` : undefined;
}
