import {
  apiVersionOf,
  deepEqual,
  statusError,
  withMetadata,
  type FieldError,
  type KubeObject,
} from '../apimachinery/index.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../apis/index.ts';
import type { ResourceDefinition, Strategy, Subresource } from '../apiserver/index.ts';
import { columnsOf } from './columns.ts';
import { parseSimplePath, valueAt } from './json-path.ts';
import { customMergeType } from './merge-type.ts';
import { namesOf } from './names.ts';
import { publishedSchema } from './published-schema.ts';
import { scaleSubresource } from './scale.ts';
import { customSchema, type CustomSchema, type SchemaRules } from './schema/custom-schema.ts';
import { hasRules } from './schema/has-rules.ts';
import type { Schema } from './schema/schema.ts';
import { storedVersions, type Convert } from './stored-versions.ts';

export interface CustomResourceOptions {
  readonly definition: CustomResourceDefinition;
  readonly version: CustomResourceDefinitionVersion;
  /** Aborts when this version is served in this way no longer. */
  readonly retired: AbortSignal;
  readonly isTerminating: () => boolean;
  /** Makes what judges by the rules of a schema that has any. */
  readonly rulesOf: ((schema: Schema) => SchemaRules) | undefined;
  /** Between versions; absent where they differ in nothing but their name. */
  readonly convert?: Convert;
}

/** One served version of the resource that a definition defines. */
export function customResource(options: CustomResourceOptions): ResourceDefinition {
  const { definition, version, retired } = options;
  const { group, scope } = definition.spec;
  const { plural, kind, listKind, singular, shortNames, categories } = namesOf(definition);
  const stated = version.schema?.openAPIV3Schema ?? {};
  const schema = customSchema(stated, hasRules(stated) ? options.rulesOf?.(stated) : undefined);
  return {
    group,
    version: version.name,
    kind,
    plural,
    singular: singular ?? kind.toLowerCase(),
    ...(shortNames === undefined ? {} : { shortNames }),
    ...(categories === undefined ? {} : { categories }),
    ...((listKind ?? '') === '' ? {} : { listKind }),
    ...(version.deprecated === true ? { deprecation: deprecation(definition, version) } : {}),
    namespaced: scope === 'Namespaced',
    schema: schemaName({ group, version: version.name, kind }),
    subresources: subresourcesOf(version),
    strategy: strategyOf(options, schema),
    columns: columnsOf(version),
    fieldSelectors: fieldSelectorsOf(version),
    readContent: (object) => schema.read(object),
    openApi: publishedSchema(stated),
    mergeType: customMergeType(stated),
    stored: storedVersions(options),
    retired,
  };
}

function schemaName(kind: { readonly group: string; readonly version: string; readonly kind: string }): string {
  return `${kind.group}/${kind.version}.${kind.kind}`;
}

type Content = KubeObject & { readonly status?: unknown };

function strategyOf({ version, isTerminating }: CustomResourceOptions, schema: CustomSchema): Strategy<Content> {
  const hasStatus = version.subresources?.status !== undefined;
  return {
    requireResourceVersion: true,
    defaults: (object) => schema.complete(object),
    prepareForCreate: (object) => {
      if (isTerminating()) throw notWhileTerminating();
      return withMetadata(hasStatus ? withStatusOf(object, undefined) : object, { generation: 1 });
    },
    prepareForUpdate: (object, old) => {
      if (hasStatus) return withStatusOf(object, old.status);
      const { generation = 0 } = old.metadata;
      return deepEqual(object.status, old.status) ? object : withMetadata(object, { generation: generation + 1 });
    },
    validate: (object, old): readonly FieldError[] => schema.validate(object, old),
  };
}

function withStatusOf({ status: _status, ...object }: Content, status: unknown): Content {
  return status === undefined ? object : { ...object, status };
}

function notWhileTerminating() {
  const message = 'create not allowed while custom resource definition is terminating';
  return statusError(405, 'MethodNotAllowed', message);
}

function deprecation(definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string {
  const apiVersion = apiVersionOf({ group: definition.spec.group, version: version.name });
  return version.deprecationWarning ?? `${apiVersion} ${definition.spec.names.kind} is deprecated`;
}

/** Whoever writes a status writes nothing else, not even a label. */
const statusSubresource: Subresource<Content> = {
  type: 'status',
  name: 'status',
  prepareForUpdate: (object, old) => withStatusOf(old, object.status),
};

function subresourcesOf({ subresources = {} }: CustomResourceDefinitionVersion): readonly Subresource[] {
  const { status, scale } = subresources;
  return [
    ...(status === undefined ? [] : [statusSubresource]),
    ...(scale === undefined ? [] : [scaleSubresource(scale)]),
  ];
}

function fieldSelectorsOf({ selectableFields = [] }: CustomResourceDefinitionVersion) {
  return Object.fromEntries(
    selectableFields.map(({ jsonPath }) => {
      const path = parseSimplePath(jsonPath) ?? [];
      return [path.join('.'), (object: KubeObject) => selectable(valueAt(object, path))] as const;
    }),
  );
}

function selectable(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return '';
  }
}
