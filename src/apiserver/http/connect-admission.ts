import {
  apiVersionOf,
  isList,
  type FieldSchema,
  type KubeObject,
  type ObjectKey,
  type TypeTable,
} from '../../apimachinery/index.ts';
import type { AdmissionRequest, BodyKind } from '../admission.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import type { Subresource } from '../resource-definition.ts';
import { isTrue } from './request-info.ts';
import type { ResourceCall } from './resource-call.ts';

export type Connecting = Subresource & { readonly type: 'connect' };

export interface ConnectAdmissionDeps {
  readonly admission: AdmissionChain;
  readonly types: TypeTable;
}

/** What a connection is asked for with. */
export interface Asked {
  readonly query: URLSearchParams;
  /** Of the path, behind the subresource. */
  readonly rest: string;
}

/** Shows the options of a connection to admission, which may change them. Throws a `StatusError` where it refuses. */
export async function admitConnection(
  { admission, types }: ConnectAdmissionDeps,
  part: Connecting,
  call: ResourceCall,
  { key, ...asked }: Asked & { readonly key: ObjectKey },
): Promise<Asked> {
  const body = optionsKind(part, call);
  const fields = body === undefined ? undefined : types.get(body.schema)?.fields;
  if (body === undefined || fields === undefined) return asked;
  const object = { apiVersion: apiVersionOf(body), kind: body.kind, metadata: {}, ...optionsOf(fields, asked) };
  const admitted = admission.begin(requestOf(call, { part, key, body, object }), call.request.signal);
  try {
    const mutated = await admitted.mutate(object);
    await admitted.validate(mutated);
    return mutated === object ? asked : askedBy(fields, mutated, asked);
  } catch (err) {
    admitted.rollBack();
    throw err;
  }
}

/** Options are of the same package of types as the resource. What has none is read, and not connected to. */
function optionsKind({ optionsKind: kind }: Connecting, { registry }: ResourceCall): BodyKind | undefined {
  if (kind === undefined) return undefined;
  const { group, version, schema } = registry.definition;
  return { group, version, kind, schema: `${schema.slice(0, schema.lastIndexOf('.'))}.${kind}` };
}

interface About {
  readonly part: Connecting;
  readonly key: ObjectKey;
  readonly body: BodyKind;
  readonly object: KubeObject;
}

function requestOf(call: ResourceCall, { part, key, body, object }: About): AdmissionRequest {
  const { info, registry, user, warn, annotate } = call;
  return {
    attempt: {},
    operation: 'CONNECT',
    verb: info.verb,
    resource: registry.definition,
    subresource: part.name,
    body,
    ...key,
    object,
    user,
    dryRun: false,
    warn,
    annotate,
  };
}

type Options = Readonly<Record<string, unknown>>;

/** False and empty is as if it was not said. */
function optionsOf(fields: readonly FieldSchema[], { query, rest }: Asked): Options {
  return Object.fromEntries(
    fields.flatMap((field): readonly (readonly [string, unknown])[] => {
      if (field.name === 'path') return [['path', rest === '' ? '/' : rest]];
      const value = optionOf(field, query.getAll(field.name));
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function optionOf({ type }: FieldSchema, texts: readonly string[]): unknown {
  const [text] = texts;
  if (text === undefined) return undefined;
  switch (type.kind) {
    case 'boolean':
      return isTrue(text) ? true : undefined;
    case 'list':
      return type.items.kind === 'int32' ? texts.map(Number).filter(Number.isSafeInteger) : texts;
    default:
      return text === '' ? undefined : text;
  }
}

/** What is asked for after options were changed; parameters that are no options stay. */
function askedBy(fields: readonly FieldSchema[], object: KubeObject, asked: Asked): Asked {
  const options: Options = { ...object };
  const query = new URLSearchParams(asked.query);
  let { rest } = asked;
  for (const { name } of fields) {
    const value = options[name];
    if (name === 'path') {
      const path = typeof value === 'string' ? value : '';
      if (path !== (rest === '' ? '/' : rest)) rest = path.startsWith('/') ? path : `/${path}`;
      continue;
    }
    query.delete(name);
    for (const item of isList(value) ? value : [value]) if (isSaid(item)) query.append(name, String(item));
  }
  return { query, rest };
}

function isSaid(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
