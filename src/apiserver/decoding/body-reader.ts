import {
  apiVersionOf,
  badRequest,
  decodeJson,
  decodeYaml,
  loadProtobufCodec,
  statusError,
  type Decoded,
  type StatusError,
  type TypeTable,
} from '../../apimachinery/index.ts';
import type { ResourceCatalog } from '../catalog.ts';
import { SCALE_KIND } from '../registry/scale-kind.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { ExpectedKind } from './object.ts';

export const JSON_TYPE = 'application/json';
export const YAML_TYPE = 'application/yaml';
export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
export const BODY_TYPES = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE];
const DELETE_OPTIONS = 'k8s.io/apimachinery/pkg/apis/meta/v1.DeleteOptions';

/** Reads bodies in any of the forms that objects come in. */
export class BodyReader {
  readonly #types: TypeTable;
  readonly #typeNames: () => ReadonlyMap<string, string>;

  constructor(types: TypeTable, catalog: ResourceCatalog) {
    this.#types = types;
    this.#typeNames = catalog.derive(
      (definitions) =>
        new Map(
          kindsOf(definitions).flatMap(({ olderVersions = [], ...kind }) =>
            [apiVersionOf(kind), ...olderVersions].map((version) => [`${version} ${kind.kind}`, kind.schema] as const),
          ),
        ),
    );
  }

  /** `kind` is what was expected, for the words of a refusal. */
  async read(body: Buffer, mediaType: string, kind: string): Promise<Decoded> {
    try {
      switch (mediaType) {
        case JSON_TYPE:
          return decodeJson(body.toString());
        case YAML_TYPE:
          return await decodeYaml(body.toString());
        case PROTOBUF_TYPE:
          return { value: await this.#readProtobuf(body), duplicates: [] };
        default:
          throw unsupportedMediaType(BODY_TYPES);
      }
    } catch (err) {
      if (!(err instanceof SyntaxError)) throw err;
      const why = `couldn't get version/kind; json parse error: ${err.message}`;
      throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why}`, err);
    }
  }

  async #readProtobuf(body: Buffer): Promise<unknown> {
    const codec = await loadProtobufCodec(this.#types);
    return codec.decode(body, (apiVersion, kind) => {
      return kind === 'DeleteOptions' ? DELETE_OPTIONS : this.#typeNames().get(`${apiVersion} ${kind}`);
    });
  }
}

/** `application/json` of `application/json; charset=utf-8`; a body that does not say is JSON. */
export function mediaTypeOf(contentType: string | undefined): string {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' ? JSON_TYPE : type;
}

/** `why` says more of a type that is known and not taken. */
export function unsupportedMediaType(accepted: readonly string[], why?: string): StatusError {
  const known = `accepted media types include: ${accepted.join(', ')}`;
  const message = `${why ?? 'the body of the request was in an unknown format'} - ${known}`;
  return statusError(415, 'UnsupportedMediaType', message);
}

type BodyKind = ExpectedKind & Pick<ResourceDefinition, 'schema'>;

function kindsOf(resources: readonly ResourceDefinition[]): readonly BodyKind[] {
  const parts = resources.flatMap(({ subresources = [] }) => subresources);
  return [SCALE_KIND, ...resources, ...parts.flatMap((part) => (part.type === 'create' ? [part.body] : []))];
}
