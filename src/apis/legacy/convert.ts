import { badRequest } from '../../apimachinery/index.ts';
import { typeNameOf } from '../type-table.ts';
import { withoutFieldAnnotations } from './annotations.ts';
import { isEmpty, listOf, textOf, without, type Fields } from './fields.ts';
import type { LegacyKind } from './legacy-kind.ts';
import { legacyKinds, withoutSuccessor } from './legacy-kinds.ts';

/** What one object of a manifest is today; the items of a list one by one. Throws for a kind that nobody knows. */
export function convertManifest(manifest: Fields, target?: string): readonly Fields[] {
  const items = itemsOf(manifest);
  if (items !== undefined) return items.flatMap((item) => convertManifest(item, target));
  const modern = toModern(manifest);
  return [target === undefined ? modern : toVersion(modern, target)];
}

/** Items of a list of one kind may leave out what the list says. */
function itemsOf(manifest: Fields): readonly Fields[] | undefined {
  const { kind, apiVersion, items } = manifest;
  const name = textOf(kind);
  if (!name.endsWith('List') || !Array.isArray(items)) return undefined;
  const own = name === 'List' ? {} : { apiVersion, kind: name.slice(0, -'List'.length) };
  return listOf(items).map((item) => ({ ...own, ...item }));
}

function toModern(manifest: Fields): Fields {
  const apiVersion = textOf(manifest['apiVersion']);
  const kind = textOf(manifest['kind']);
  if (apiVersion === '' || kind === '') throw badRequest('an object needs an apiVersion and a kind');
  const legacy = legacyKinds.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (legacy === undefined) {
    const reason = withoutSuccessor[kind];
    if (reason !== undefined) throw badRequest(`${kind} in version "${apiVersion}" has no successor: ${reason}`);
    if (typeNameOf(apiVersion, kind) === undefined) throw unknownKind(apiVersion, kind);
    return completed({ apiVersion, kind }, without(manifest, 'apiVersion', 'kind'));
  }
  return completed(legacy.modern, legacy.toModern(without(manifest, 'apiVersion', 'kind')));
}

function completed({ apiVersion, kind }: LegacyKind['modern'], object: Fields): Fields {
  const { metadata = {}, ...rest } = withoutFieldAnnotations(kind, object);
  return { apiVersion, kind, metadata, ...rest };
}

function toVersion(modern: Fields, target: string): Fields {
  const { apiVersion, kind, ...object } = modern;
  if (apiVersion === target) return modern;
  const legacy = legacyKinds.find(
    (each) => each.apiVersion === target && each.modern.apiVersion === apiVersion && each.modern.kind === kind,
  );
  if (legacy?.fromModern === undefined) {
    throw badRequest(`${textOf(kind)} in version "${textOf(apiVersion)}" cannot be written in version "${target}"`);
  }
  return { apiVersion: target, kind: legacy.kind, ...legacy.fromModern(object) };
}

function unknownKind(apiVersion: string, kind: string) {
  return badRequest(`no kind "${kind}" is known in version "${apiVersion}"`);
}

/** Nothing at all: what stands between two document separators. */
export function isNoManifest(value: unknown): boolean {
  return value === null || isEmpty(value);
}
