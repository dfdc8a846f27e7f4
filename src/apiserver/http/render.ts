import { setImmediate as nextTurn } from 'node:timers/promises';
import { apiVersionOf, badRequest, type KubeObject, type ListMeta } from '../../apimachinery/index.ts';
import type { Version } from '../registry/codec.ts';
import type { ListAnswer } from '../registry/list.ts';
import type { ServedEvent } from '../registry/watch.ts';
import { wholeObject } from '../registry/with-owners.ts';
import type { CompleteAnswer } from './api-request.ts';
import { eventLine, type EventLines } from './event-lines.ts';
import { joinedItems } from './joined-items.ts';
import { isTrue } from './request-info.ts';
import type { Representation } from './negotiation.ts';
import { partialOf, tableHead, tableRows, type RowOptions, type ShownKind } from './table.ts';

/** What Go's clients read: there an unquoted `y` or `no` is a boolean. */
const YAML_1_1 = { version: '1.1' } as const;
/** How an item of a list begins that does not say again what kind it is of. */
const ITEM_HEAD = Buffer.from('{"metadata":{');
/** Of any list in JSON whose items stand last in it. */
const CLOSING = ']}';
const ROWS_AT_ONCE = 100;

export interface RendererOptions {
  readonly query: URLSearchParams;
  readonly now: number;
  readonly lines: EventLines;
}

/** Turns versions of one resource into the form that the client asked for. */
export class Renderer {
  readonly #shown: ShownKind;
  readonly #representation: Representation;
  readonly #table: RowOptions;
  readonly #pretty: boolean;
  readonly #lines: EventLines;

  constructor(shown: ShownKind, representation: Representation, { query, now, lines }: RendererOptions) {
    this.#shown = shown;
    this.#representation = representation;
    this.#lines = lines;
    this.#pretty = isTrue(query.get('pretty'));
    this.#table = { version: representation.version, includeObject: includeObject(query), now };
  }

  async one(version: Version, status = 200): Promise<CompleteAnswer> {
    if (this.#isPlain()) return complete(version.bytes, status);
    return this.#encode(this.#view(version, true), status);
  }

  async list(answer: ListAnswer): Promise<CompleteAnswer> {
    if (this.#isPlain()) return complete(this.#listBytes(answer), 200);
    if (this.#isCompactJson()) return complete(await this.#listText(answer), 200);
    return this.#encode(this.#listView(answer.versions.map(wholeObject), answer.metadata), 200);
  }

  /** What a watch sends of an event. `first`: no event was sent before. */
  line(event: ServedEvent, first: boolean): Buffer {
    if (this.#representation.as === 'object') return this.#lines.of(event);
    return eventLine(event.type, Buffer.from(JSON.stringify(this.#view(event.version, first))));
  }

  /** Lists of kinds that the API's tables know say it once; those of custom resources with each item. */
  #itemsSayKind(): boolean {
    return this.#shown.openApi !== undefined;
  }

  #isPlain(): boolean {
    return this.#representation.as === 'object' && this.#isCompactJson();
  }

  #isCompactJson(): boolean {
    return this.#representation.format === 'json' && !this.#pretty;
  }

  #view(version: Version, withColumns: boolean): unknown {
    const object = wholeObject(version);
    switch (this.#representation.as) {
      case 'object':
        return object;
      case 'PartialObjectMetadata':
        return partialOf(object, this.#representation.version);
      case 'Table': {
        const { resourceVersion } = object.metadata;
        const metadata = resourceVersion === undefined ? {} : { resourceVersion };
        const head = tableHead(this.#shown, metadata, { ...this.#table, withColumns });
        return { ...head, rows: tableRows(this.#shown, [object], this.#table) };
      }
    }
  }

  /** What is listed stands last in it. */
  #listView(objects: readonly KubeObject[], metadata: ListMeta): unknown {
    const { as, version } = this.#representation;
    const items = this.#itemViews(objects);
    switch (as) {
      case 'object':
        return { ...this.#listKind(), metadata, items };
      case 'PartialObjectMetadata':
        return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata, items };
      case 'Table':
        return { ...tableHead(this.#shown, metadata, { ...this.#table, withColumns: true }), rows: items };
    }
  }

  #itemViews(objects: readonly KubeObject[]): readonly unknown[] {
    const { as, version } = this.#representation;
    switch (as) {
      case 'object':
        return this.#itemsSayKind() ? objects : objects.map(withoutKind);
      case 'PartialObjectMetadata':
        return objects.map((object) => partialOf(object, version));
      case 'Table':
        return tableRows(this.#shown, objects, this.#table);
    }
  }

  #listKind(): { readonly kind: string; readonly apiVersion: string } {
    return { kind: this.#shown.listKind ?? `${this.#shown.kind}List`, apiVersion: apiVersionOf(this.#shown) };
  }

  /** Some at a time: no more than these are read from their bytes at once, and others have their turn in between. */
  async #listText({ versions, metadata }: ListAnswer): Promise<Buffer> {
    const parts = [Buffer.from(JSON.stringify(this.#listView([], metadata)).slice(0, -CLOSING.length))];
    for (let from = 0; from < versions.length; from += ROWS_AT_ONCE) {
      if (from > 0) await nextTurn();
      const items = this.#itemViews(versions.slice(from, from + ROWS_AT_ONCE).map(wholeObject));
      const text = JSON.stringify(items).slice(1, -1);
      parts.push(Buffer.from(from === 0 ? text : `,${text}`));
    }
    parts.push(Buffer.from(CLOSING));
    return Buffer.concat(parts);
  }

  #listBytes({ versions, metadata }: ListAnswer): Buffer {
    const text = JSON.stringify({ ...this.#listKind(), metadata, items: [] });
    const envelope = { opening: text.slice(0, -CLOSING.length), closing: CLOSING };
    if (this.#itemsSayKind())
      return joinedItems(
        envelope,
        versions.map((version) => version.parted ?? version.bytes),
      );
    const items = versions.map((version) => version.parted ?? textWithoutKind(version));
    return joinedItems({ ...envelope, itemHead: ITEM_HEAD }, items);
  }

  async #encode(value: unknown, status: number): Promise<CompleteAnswer> {
    if (this.#representation.format === 'json') {
      return complete(JSON.stringify(value, null, this.#pretty ? 2 : undefined), status);
    }
    const { stringify } = await import('yaml');
    return { type: 'complete', status, contentType: 'application/yaml', body: stringify(value, YAML_1_1) };
  }
}

function withoutKind(object: KubeObject): unknown {
  return { ...object, kind: undefined, apiVersion: undefined };
}

function textWithoutKind(version: Version): Buffer {
  return Buffer.from(JSON.stringify(withoutKind(wholeObject(version))));
}

function complete(body: Buffer | string, status: number): CompleteAnswer {
  return { type: 'complete', status, contentType: 'application/json', body };
}

function includeObject(query: URLSearchParams): RowOptions['includeObject'] {
  const value = query.get('includeObject') ?? 'Metadata';
  switch (value) {
    case 'None':
    case 'Metadata':
    case 'Object':
      return value;
    case '':
      return 'Metadata';
    default:
      throw badRequest(`unrecognized includeObject value: ${JSON.stringify(value)}`);
  }
}
