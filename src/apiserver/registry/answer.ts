import { invalid, type KubeObject, type ObjectKey } from '../../apimachinery/index.ts';
import type { BodyKind } from '../admission.ts';
import type { ChangeObject, Subresource, SubresourceRequest } from '../resource-definition.ts';
import { admissionRequest } from './admission-request.ts';
import type { Version } from './codec.ts';
import { inNamespace, type CreateRequest } from './create.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';
import { updateObject } from './update.ts';

export type CreateSubresource = Extract<Subresource, { type: 'create' }>;

export interface PartRequest extends WriteRequest {
  readonly key: ObjectKey;
  readonly subresource: string;
  readonly object: KubeObject;
  readonly query: URLSearchParams;
}

export async function answerObject(deps: RegistryDeps, request: CreateRequest): Promise<Version> {
  const { definition, clock } = deps;
  const { strategy } = definition;
  const incoming = inNamespace(request.object, request.namespace);
  const defaulted = strategy.defaults?.(incoming) ?? incoming;
  const prepared = strategy.prepareForCreate?.(defaulted, { user: request.user, now: clock.now() }) ?? defaulted;
  const errors = strategy.validate?.(prepared) ?? [];
  if (errors.length > 0) throw invalid(definition, prepared.metadata.name ?? '', errors);
  const { name = '', namespace } = prepared.metadata;
  const key = { name, ...(namespace === undefined ? {} : { namespace }) };
  const ask = async (object: KubeObject) => {
    const answer = await definition.answer?.(object, { ...asked(request), key, query: new URLSearchParams() });
    return answer ?? object;
  };
  return admitted(deps, { ...request, key, object: prepared }, ask);
}

export async function createPart(
  deps: RegistryDeps,
  subresource: CreateSubresource,
  request: PartRequest,
): Promise<Version> {
  const object = inNamespace(request.object, request.key.namespace);
  const { key, query } = request;
  const change: ChangeObject = async (next) => {
    const rules = { prepare: (wanted: KubeObject) => wanted };
    const { version } = await updateObject(deps, { ...request, rules, wanted: next, owners: 'kept' });
    return version.object;
  };
  return admitted(deps, { ...request, object, body: subresource.body }, (body) =>
    subresource.create(body, { ...asked(request), key, query }, change),
  );
}

interface Posted {
  readonly key: ObjectKey;
  readonly object: KubeObject;
  readonly body?: BodyKind;
}

async function admitted(
  deps: RegistryDeps,
  request: WriteRequest & Posted,
  create: (object: KubeObject) => Promise<KubeObject>,
): Promise<Version> {
  const { object, signal } = request;
  const admission = deps.admission.begin(admissionRequest(deps, request, { ...request, operation: 'CREATE' }), signal);
  try {
    const mutated = await admission.mutate(object);
    await admission.validate(mutated);
    const answer = await create(mutated);
    return { object: answer, bytes: Buffer.from(JSON.stringify(answer)) };
  } catch (err) {
    admission.rollBack();
    throw err;
  }
}

function asked({ user, signal, dryRun }: WriteRequest): Pick<SubresourceRequest, 'user' | 'signal' | 'dryRun'> {
  return { user, signal, dryRun };
}
