import { deepFreeze, type KubeObject, type ObjectKey } from '../../apimachinery/index.ts';
import type { DecodedKind } from '../decoding/decoder.ts';
import type { ReadSource, ResourceDefinition, Verb } from '../resource-definition.ts';
import type { Version } from './codec.ts';
import { checkListOptions, type GetRequest, type ListRequest } from './list-options.ts';
import type { ListAnswer } from './list.ts';
import { methodNotAllowed, requireVerb, subresourceOf } from './rules.ts';
import { select } from './selection.ts';
import type { ServedResource } from './served-resource.ts';

/** A resource that nobody stores: every read is answered anew, all at once, and there is nothing to write or to watch. */
export class AnsweredReads implements ServedResource {
  readonly definition: ResourceDefinition;
  readonly #source: ReadSource;

  constructor(definition: ResourceDefinition, source: ReadSource) {
    this.definition = definition;
    this.#source = source;
  }

  requireVerb(verb: Verb): void {
    requireVerb(this.definition, verb);
  }

  kindOf(subresource: string | undefined): DecodedKind {
    if (subresource !== undefined) subresourceOf(this.definition, subresource);
    return this.definition;
  }

  bodyKindOf(subresource: string): DecodedKind {
    return this.kindOf(subresource);
  }

  async get(key: ObjectKey, { subresource }: GetRequest & { readonly subresource?: string } = {}): Promise<Version> {
    if (subresource !== undefined) subresourceOf(this.definition, subresource);
    return versionOf(await this.#source.get(key));
  }

  async list(request: ListRequest): Promise<ListAnswer> {
    checkListOptions(request);
    const { namespace, matches = () => true } = select(this.definition, request);
    const objects = await this.#source.list(namespace);
    return { versions: objects.filter((object) => matches(object)).map(versionOf), metadata: {} };
  }

  readonly watch = refuse;
  readonly create = refuse;
  readonly createPart = refuse;
  readonly update = refuse;
  readonly patch = refuse;
  readonly delete = refuse;
  readonly deleteCollection = refuse;
}

function refuse(): Promise<never> {
  return Promise.reject(methodNotAllowed());
}

function versionOf(object: KubeObject): Version {
  return { object: deepFreeze(object), bytes: Buffer.from(JSON.stringify(object)) };
}
