import { createHash } from 'node:crypto';
import {
  apiVersionOf,
  stableJson,
  type KubeObject,
  type ObjectMeta,
  type Resource,
  type UnknownObject,
} from '../../src/apimachinery/index.ts';
import { annotations, labels } from '../apis/index.ts';
import type { FederatedType } from './federated-type.ts';
import { withoutFields } from './field-path.ts';
import type { Share } from './share.ts';
import { fieldsOf, merged3, parseFields } from './three-way.ts';

/** Annotations that say something of the federated object only. */
const notCopied: ReadonlySet<string> = new Set([
  annotations.serviceIngresses,
  annotations.shards,
  annotations.adopt,
  annotations.confirm,
  annotations.drift,
  annotations.propagate,
  annotations.dnsTtl,
  annotations.dnsPolicy,
  annotations.dnsWeights,
  annotations.dnsOrder,
  annotations.dnsMinimum,
  annotations.dnsLastResort,
  annotations.placement,
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

type Texts = Readonly<Record<string, string>>;

/** What was last written to a shard: enough to see a field or key that has been taken away since. */
interface Applied {
  readonly hash: string;
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
}

/** What was asked for, in short: two shards with the same mark have the same content. */
export function contentMark(shard: KubeObject): string {
  return shard.metadata.annotations?.[annotations.applied] ?? '';
}

/** The copy of a federated object for one member, as it is created there. */
export function shardOf<T extends KubeObject>(type: FederatedType<T>, object: T, share: Share, federation: string): T {
  const own = share.change?.apply(object) ?? object;
  const payload = withoutFields(type.toMember(own, share), share.leaves === undefined ? [] : [share.leaves]);
  const { name = '', namespace, uid = '' } = object.metadata;
  const ownLabels = own.metadata.labels ?? {};
  const ownAnnotations = Object.fromEntries(
    Object.entries(own.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key)),
  );
  const applied: Applied = {
    hash: hashOf({ ...payload, metadata: { labels: ownLabels, annotations: ownAnnotations } }),
    labels: Object.keys(ownLabels).sort(),
    annotations: Object.keys(ownAnnotations).sort(),
  };
  const metadata: ObjectMeta = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...ownLabels, [labels.managedBy]: federation },
    annotations: {
      ...ownAnnotations,
      [annotations.federatedUid]: uid,
      [annotations.applied]: JSON.stringify(applied),
    },
  };
  return { ...payload, metadata };
}

/** Made by this federation, or given to it. */
export function isShardOf(federation: string, member: KubeObject): boolean {
  return federationOf(member) === federation;
}

/** The federated object that it was made from; empty when it does not say. */
export function originOf({ metadata }: KubeObject): string {
  return metadata.annotations?.[annotations.federatedUid] ?? '';
}

/** The federation that has it, whichever that is. */
export function federationOf(member: KubeObject): string | undefined {
  return member.metadata.labels?.[labels.managedBy];
}

/**
 * What to put in place of the member's copy: what we own as we want it, everything else as the member has it. Where it
 * is not recorded what we wrote before, whatever stands beside our content counts as ours.
 */
export function replacement<T extends KubeObject>(type: FederatedType<T>, desired: T, member: T): T {
  const before = appliedOf(member);
  // Who owns what is for the member to say.
  const { managedFields: _fields, ...own } = member.metadata;
  const metadata: ObjectMeta = {
    ...own,
    labels: merged(member.metadata.labels, before?.labels, desired.metadata.labels),
    annotations: merged(member.metadata.annotations, before?.annotations, desired.metadata.annotations),
  };
  const kept = type.retain?.(desired, member) ?? desired;
  if (type.isWhole === true) return { ...member, ...kept, metadata };
  const written = parseFields(member.metadata.annotations?.[annotations.appliedFields]);
  const content = contentOf(desired);
  const fields = JSON.stringify(fieldsOf(content));
  return {
    ...member,
    ...(written === undefined ? kept : merged3(contentOf(member), contentOf(kept), written)),
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.appliedFields]: fields } },
  };
}

function contentOf({ apiVersion: _version, kind: _kind, metadata: _metadata, ...content }: KubeObject): UnknownObject {
  return content;
}

/** Leaves a copy to the member: it is as any other object there. */
export function disowning({ metadata: { uid = '' } }: KubeObject) {
  const { federatedUid, applied: written, appliedFields } = annotations;
  return {
    metadata: {
      uid,
      labels: { [labels.managedBy]: null },
      annotations: { [federatedUid]: null, [written]: null, [appliedFields]: null },
    },
  };
}

/** What to ask of a deletion: whatever became of the copy since it was looked at, somebody may have made it theirs. */
export function asSeen({ metadata: { uid, resourceVersion } }: KubeObject) {
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** What to apply to the member's copy: no other object of that name, nor one made anew. */
export function applied<T extends KubeObject>(resource: Resource<T>, desired: T, { metadata: { uid } }: T): T {
  const metadata: ObjectMeta = { ...desired.metadata, ...(uid === undefined ? {} : { uid }) };
  return { ...desired, apiVersion: apiVersionOf(resource), kind: resource.kind, metadata };
}

/** The member's copy is as we want it, and nothing that we once wrote and want no longer is left in it. */
export function isUpToDate<T extends KubeObject>(type: FederatedType<T>, desired: T, member: T): boolean {
  return (
    hasAllTexts(member.metadata.labels, desired.metadata.labels) &&
    hasAllTexts(member.metadata.annotations, desired.metadata.annotations) &&
    type.equivalent(desired, member)
  );
}

/** Only the metadata that we own is as wanted; used where the payload is known to be ours unchanged. */
export function hasOwnMetadata(desired: KubeObject, member: KubeObject): boolean {
  return (
    hasAllTexts(member.metadata.labels, desired.metadata.labels) &&
    hasAllTexts(member.metadata.annotations, desired.metadata.annotations)
  );
}

function hasAllTexts(actual: Texts = {}, wanted: Texts = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => actual[key] === value);
}

function merged(actual: Texts = {}, owned: readonly string[] = [], wanted: Texts = {}): Texts {
  const gone = new Set(owned);
  return { ...Object.fromEntries(Object.entries(actual).filter(([key]) => !gone.has(key))), ...wanted };
}

function appliedOf(member: KubeObject): Pick<Applied, 'labels' | 'annotations'> | undefined {
  const text = member.metadata.annotations?.[annotations.applied];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    return {
      labels: 'labels' in value ? stringsOf(value.labels) : [],
      annotations: 'annotations' in value ? stringsOf(value.annotations) : [],
    };
  } catch (err) {
    // Somebody edited it by hand: then nothing is known of what we wrote before.
    if (err instanceof SyntaxError) return undefined;
    throw err;
  }
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, 16);
}
