import type { ObjectKey } from '../../apimachinery/index.ts';
import type { BodyReader } from '../decoding/body-reader.ts';
import type { Decoder } from '../decoding/decoder.ts';
import { deletedStatus } from '../registry/delete.ts';
import type { WriteRequest } from '../registry/deps.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { methodNotAllowed, noSuchResource, subresourceOf } from '../registry/rules.ts';
import { checkPlace } from '../registry/validation.ts';
import { connect } from './connect.ts';
import type { ConnectAdmissionDeps, Connecting } from './connect-admission.ts';
import { header, json, type ApiAnswer } from './api-request.ts';
import { deleteOptions } from './delete-options.ts';
import { negotiate, type Forms } from './negotiation.ts';
import { getQuery, listQuery, watchQuery, writeQuery, type WriteQuery } from './options.ts';
import { checkDuplicates, patchRefusal, readObject, readPatch } from './read-body.ts';
import { Renderer } from './render.ts';
import { shownKind } from './table.ts';
import type { ResourceCall } from './resource-call.ts';
import type { ResourceInfo } from './request-info.ts';
import { EventLines } from './event-lines.ts';
import { watchAnswer } from './watch-answer.ts';

export interface ResourceRequestsDeps extends ConnectAdmissionDeps {
  readonly reader: BodyReader;
  readonly decoder: Decoder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Returns what to call with every event of a watch. */
  readonly watching: (registry: ServedResource) => () => void;
}

/** A watch whose client names no end gets one at random between this and twice this, so that not all come back at once. */
const WATCH_SECONDS = 1800;
const MAX_MANAGER = 128;
/** Verbs that are about one object: without its name they are refused before anything is read. */
const NAMED: ReadonlySet<ResourceInfo['verb']> = new Set(['get', 'update', 'patch', 'delete']);
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** What the verbs of resources do over HTTP: read the request, ask the registry, render the answer. */
export class ResourceRequests {
  readonly #deps: ResourceRequestsDeps;
  readonly #lines = new EventLines();

  constructor(deps: ResourceRequestsDeps) {
    this.#deps = deps;
  }

  answer(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry } = call;
    checkScope(info, registry);
    noteAge(call);
    const connecting = connectingPart(call);
    if (connecting !== undefined) return connect(this.#deps, connecting, call, keyOf(info));
    if (info.subresource === undefined) registry.requireVerb(info.verb);
    switch (info.verb) {
      case 'get':
        return this.#get(call);
      case 'list':
        return this.#list(call);
      case 'watch':
        return this.#watch(call);
      case 'create':
        return info.subresource === undefined ? this.#create(call) : this.#createPart(call, info.subresource);
      case 'update':
        return this.#update(call);
      case 'patch':
        return this.#patch(call);
      case 'delete':
        return this.#delete(call);
      case 'deletecollection':
        return this.#deleteCollection(call);
    }
  }

  async #get(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const key = keyOf(info);
    if (info.subresource !== undefined) subresourceOf(registry.definition, info.subresource);
    const renderer = this.#renderer(call);
    return renderer.one(await registry.get(key, { ...getQuery(request.query), ...partOf(info) }));
  }

  async #list(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    return this.#renderer(call).list(await registry.list({ ...listQuery(request.query), ...within(info) }));
  }

  async #watch(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const renderer = this.#renderer(call, { streams: true });
    const asked = watchQuery(request.query);
    const named = info.name === undefined ? {} : { fieldSelector: `metadata.name=${info.name}` };
    const timeoutSeconds = asked.timeoutSeconds ?? Math.round(WATCH_SECONDS * (1 + this.#deps.random()));
    const watch = await registry.watch({ ...asked, ...named, ...within(info), timeoutSeconds });
    request.keepOpen();
    return watchAnswer(watch, renderer, this.#deps.watching(registry));
  }

  async #create(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    if (info.name !== undefined) throw methodNotAllowed();
    const query = writeQuery(request.query, 'CreateOptions');
    const renderer = this.#renderer(call);
    const object = await readObject(this.#deps, request, { ...decoding(call, query), expected: registry.definition });
    const version = await registry.create({ ...write(call, query), namespace: info.namespace, object });
    return renderer.one(version, 201);
  }

  async #createPart(call: ResourceCall, subresource: string): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const query = writeQuery(request.query, 'CreateOptions');
    const renderer = this.#renderer(call, { tables: false });
    const expected = registry.bodyKindOf(subresource);
    const object = await readObject(this.#deps, request, { ...decoding(call, query), expected });
    const { query: parameters } = request;
    const part = { ...write(call, query), key: keyOf(info), subresource, object, query: parameters };
    return renderer.one(await registry.createPart(part), 201);
  }

  async #update(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const query = writeQuery(request.query, 'UpdateOptions');
    const renderer = this.#renderer(call);
    const expected = registry.kindOf(info.subresource);
    const object = await readObject(this.#deps, request, { ...decoding(call, query), expected });
    checkPlace(object, keyOf(info));
    const { version, created } = await registry.update({ ...write(call, query), ...change(call), object });
    return renderer.one(version, created ? 201 : 200);
  }

  async #patch(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const read = await readPatch(request);
    const { patch } = read;
    const query = writeQuery(request.query, 'PatchOptions', patch.type === 'apply');
    const duplicates = checkDuplicates(read, query, call.warn);
    const renderer = this.#renderer(call);
    const refusal = patchRefusal(patch);
    const options = { ...decoding(call, query), duplicates, refusal, expected: registry.kindOf(info.subresource) };
    const decode = (patched: unknown) => this.#deps.decoder.decode(patched, options);
    const { version, created } = await registry.patch({ ...write(call, query), ...change(call), patch, decode });
    return renderer.one(version, created ? 201 : 200);
  }

  async #delete(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    if (info.subresource !== undefined) throw methodNotAllowed();
    const { options, dryRun } = await deleteOptions(request, this.#deps.reader);
    const renderer = this.#renderer(call);
    const { version, gone } = await registry.delete({ ...write(call, { dryRun }), key: keyOf(info), options });
    return gone ? json(deletedStatus(registry.definition, version)) : renderer.one(version);
  }

  async #deleteCollection(call: ResourceCall): Promise<ApiAnswer> {
    const { info, registry, request } = call;
    const { options, dryRun } = await deleteOptions(request, this.#deps.reader);
    const renderer = this.#renderer(call);
    const selection = { ...listQuery(request.query), ...within(info) };
    return renderer.list(await registry.deleteCollection(selection, { ...write(call, { dryRun }), options }));
  }

  #renderer({ info, registry, request }: ResourceCall, forms: Forms = {}): Renderer {
    const isStored = !('answer' in registry.definition);
    const representation = negotiate(header(request, 'accept'), { tables: isStored, ...forms });
    const shown = shownKind(registry.definition, info.subresource);
    return new Renderer(shown, representation, { query: request.query, now: this.#deps.now(), lines: this.#lines });
  }
}

function noteAge({ registry: { definition }, warn, annotate }: ResourceCall): void {
  if (definition.deprecation === undefined) return;
  warn(definition.deprecation);
  annotate('k8s.io/deprecated', 'true');
}

function checkScope({ namespace, name, verb }: ResourceInfo, { definition }: ServedResource): void {
  if (name === undefined && NAMED.has(verb)) throw methodNotAllowed();
  if (!definition.namespaced) {
    if (namespace !== undefined) throw noSuchResource();
    return;
  }
  if (namespace !== undefined) return;
  if (name !== undefined) throw noSuchResource();
  if (verb === 'create' || verb === 'deletecollection') throw methodNotAllowed();
}

function connectingPart({ info, registry }: ResourceCall): Connecting | undefined {
  if (info.subresource === undefined) return undefined;
  const part = registry.definition.subresources?.find(({ name }) => name === info.subresource);
  return part?.type === 'connect' ? part : undefined;
}

function keyOf({ name, namespace }: ResourceInfo): ObjectKey {
  if (name === undefined) throw methodNotAllowed();
  return { name, ...within({ namespace }) };
}

function within({ namespace }: Pick<ResourceInfo, 'namespace'>): { readonly namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

function partOf({ subresource }: ResourceInfo): { readonly subresource?: string } {
  return subresource === undefined ? {} : { subresource };
}

function decoding({ warn }: ResourceCall, { fieldValidation }: WriteQuery) {
  return { warn, fieldValidation };
}

function write(
  { info, request, user, warn, annotate }: ResourceCall,
  { dryRun, fieldManager = '' }: Pick<WriteQuery, 'dryRun'> & Partial<WriteQuery>,
): WriteRequest {
  const manager = fieldManager === '' ? programOf(header(request, 'user-agent')) : fieldManager;
  const { verb } = info;
  return { user, verb, dryRun, warn, annotate, fieldManager: manager, signal: request.signal, ...partOf(info) };
}

function change({ info, requireCreate }: ResourceCall) {
  return { key: keyOf(info), requireCreate };
}

/** `kubectl` of `kubectl/v1.32.0 (linux/amd64)`. */
function programOf(userAgent = ''): string {
  const [program = ''] = userAgent.split('/', 1);
  return program === '' ? 'unknown' : program.replace(UNPRINTABLE, '').slice(0, MAX_MANAGER);
}
