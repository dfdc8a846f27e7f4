import type { Readable } from 'node:stream';
import type {
  ExactInteger,
  FieldError,
  KubeObject,
  MergeType,
  MergeTypes,
  ObjectKey,
  Resource,
} from '../apimachinery/index.ts';
import type { Connection } from './streaming/connection.ts';

export interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What a strategy may know of the request it serves. */
export interface WriteContext {
  readonly user: UserInfo;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The rules of one kind, as pure functions. The Registry does what is common to all kinds and calls these in between. */
export interface Strategy<T extends KubeObject> {
  /** Fills in what the client left out, as Kubernetes does on decoding. */
  defaults?(object: T): T;
  /** Drops what a client may not set on create, such as `status`. */
  prepareForCreate?(object: T, context: WriteContext): T;
  /** Restores what a client may not change through the main resource, such as `status`. */
  prepareForUpdate?(object: T, old: T, context: WriteContext): T;
  /** `old`: what a change is made of; absent for a new object. */
  validate?(object: T, old?: T): readonly FieldError[];
  /** Rules of change, such as immutable fields; `validate` has been called as well. */
  validateUpdate?(object: T, old: T): readonly FieldError[];
  /** Problems of a name, worded as Kubernetes does; DNS-1123 subdomain when absent. `prefix`: it is a `generateName`. */
  validateName?(name: string, prefix: boolean): readonly string[];
  /** Texts for `Warning` headers. */
  warnings?(object: T): readonly string[];
  /** Seconds of graceful deletion; absent or 0: none. `requested` is that of the DeleteOptions. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number;
  /** What else keeps a deleted object from going, beside `metadata.finalizers`: a Namespace's `spec.finalizers`. */
  finalizers?(object: T): readonly string[];
  /** The object as it is kept when its deletion begins and it cannot go at once: a Namespace becomes Terminating. */
  prepareForDelete?(object: T, context: WriteContext): T;
  /** A PUT on a missing object creates it. */
  readonly createOnUpdate?: boolean;
  /** An update must name the resourceVersion. */
  readonly requireResourceVersion?: boolean;
  /** What a DELETE without a policy does to dependents; Background when absent. */
  readonly defaultPropagation?: 'Orphan' | 'Background';
}

/** A column of `kubectl get`. */
export interface Column<T extends KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description: string;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority?: number;
  value(object: T, now: number): string | number | ExactInteger | boolean | null;
}

export interface ScaleView {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  /** In string form. */
  readonly selector: string;
}

export interface SubresourceRequest {
  readonly key: ObjectKey;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
}

/** A request that is about to become a connection, or to be passed on. */
export interface ConnectRequest extends SubresourceRequest {
  /** What the path says behind the subresource, as it was sent: with its first slash, or empty. */
  readonly rest: string;
  /** The path up to there. */
  readonly prefix: string;
  readonly method: string;
  /** The connection is wanted for another protocol. */
  readonly isUpgrade: boolean;
  readonly body: Readable | Buffer;
}

/**
 * Stores what `next` makes of an object, asked again after a lost race. The rules of what clients may change do not
 * apply; `next` throws a `StatusError` to refuse.
 */
export type ChangeObject = (next: (object: KubeObject) => KubeObject) => Promise<KubeObject>;

export type Subresource<T extends KubeObject = KubeObject> =
  /** GET, PUT, PATCH of the whole object where only `status` (and metadata that does not bump the generation) changes. */
  | {
      readonly type: 'status';
      readonly name: 'status';
      prepareForUpdate?(object: T, old: T, context: WriteContext): T;
      validateUpdate?(object: T, old: T): readonly FieldError[];
    }
  /** GET, PUT, PATCH of an `autoscaling/v1 Scale`. */
  | {
      readonly type: 'scale';
      readonly name: 'scale';
      read(object: T): ScaleView;
      write(object: T, replicas: number): T;
      /** Where `write` puts them; `spec.replicas` when absent. */
      readonly replicasPath?: readonly string[];
    }
  /** PUT (and GET, PATCH unless `verbs` says less) of the whole object with rules of its own: `namespaces/finalize`. */
  | {
      readonly type: 'update';
      readonly name: string;
      readonly verbs?: readonly ('get' | 'update' | 'patch')[];
      prepareForUpdate(object: T, old: T, context: WriteContext): T;
      validateUpdate?(object: T, old: T): readonly FieldError[];
    }
  /** POST of a body of another kind: `pods/binding`, `serviceaccounts/token`. */
  | {
      readonly type: 'create';
      readonly name: string;
      readonly body: Pick<Resource, 'group' | 'version' | 'kind'> & {
        readonly schema: string;
        /** Older `apiVersion`s in which such a body looks the same. */
        readonly olderVersions?: readonly string[];
      };
      /** Answers with an object. `change` writes the one that the subresource belongs to. */
      create(body: KubeObject, request: SubresourceRequest, change: ChangeObject): Promise<KubeObject>;
    }
  /** Something that is not an object: `pods/log`, `pods/exec`, `services/proxy`. Long-running. */
  | {
      readonly type: 'connect';
      readonly name: string;
      /** GET alone when absent. */
      readonly verbs?: readonly ('create' | 'delete' | 'get' | 'patch' | 'update')[];
      /** The kind that discovery says its options are; that of the resource when absent. */
      readonly optionsKind?: string;
      /** The type that says what its query may hold, from the package of the resource's; `optionsKind` when absent. */
      readonly queryType?: string;
      /** Everything behind it in the path belongs to it. */
      readonly takesPath?: boolean;
      /** Whoever connects needs the right to `create` the subresource too, however he asks. */
      readonly needsCreate?: boolean;
      connect(request: ConnectRequest): Promise<Connection>;
    };

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** Declared as a method so that definitions of any kind fit into one list, as those of a Strategy do. */
export type FieldValue<T extends KubeObject> = { value(object: T): string }['value'];

/**
 * For a resource in another version than the stored one. Objects come and go in the same number and order; with the
 * whole of a list at once, for a webhook may be asked.
 */
export interface StoredAs {
  /** What is stored: its key, strategy, names and admission count. It need not be served itself. */
  readonly definition: ResourceDefinition;
  fromStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  toStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
}

/**
 * For a resource whose objects may be stored in other versions than its own, and in another one tomorrow: custom
 * resources. Everything but storing is done in the resource's own version.
 */
export interface StoredVersions {
  /** What is written from now on. */
  readonly version: string;
  /** Takes objects of any version that ever was stored, as they were stored; the same instance where nothing changes. */
  fromStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  toStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** Either may give a promise. */
  readonly waits: boolean;
}

/** What is found out when it is asked for, and stored nowhere. */
export interface ReadSource<T extends KubeObject = KubeObject> {
  /** Rejects with a `StatusError` when there is none. */
  get(key: ObjectKey): Promise<T>;
  /** In the order in which a list shows them; of all namespaces when absent. */
  list(namespace: string | undefined): Promise<readonly T[]>;
}

/** A schema in the words of OpenAPI. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What was found in a body of a kind that is in no table. */
export interface ReadContent {
  readonly object: KubeObject;
  /** Such as `spec.rules[0].x`, in the order of the document. */
  readonly unknownFields: readonly string[];
}

/** All that differs between kinds, as data. */
export interface ResourceDefinition<T extends KubeObject = KubeObject> extends Resource<T> {
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Its type in the API tables, such as `k8s.io/api/core/v1.Pod`. */
  readonly schema: string;
  /** `<kind>List` when absent. */
  readonly listKind?: string;
  /** Told to whoever asks for anything of it: that it is better not used any more. */
  readonly deprecation?: string;
  /** All when absent. */
  readonly verbs?: readonly Verb[];
  readonly subresources?: readonly Subresource<T>[];
  /** Of a resource that is `storedAs` another one only `defaults` count, for what its version leaves out. */
  readonly strategy: Strategy<T>;
  readonly storedAs?: StoredAs;
  readonly stored?: StoredVersions;
  /** Reads what a body says beside its metadata, of a kind that is in no table; throws a `StatusError`. */
  readonly readContent?: (object: KubeObject) => ReadContent;
  /** The schema that is published of a kind that is in no table; it may refer to types of the table by their names. */
  readonly openApi?: (reference: (typeName: string) => JsonSchema) => JsonSchema;
  /** How objects are merged and owned, of a kind that is in no table. */
  readonly mergeType?: (typeNamed: MergeTypes) => MergeType;
  /** Aborts when the resource is no longer served in this way: its watches end, and clients begin them anew. */
  readonly retired?: AbortSignal;
  /** NAME and AGE when absent. The first is the name. */
  readonly columns?: readonly Column<T>[];
  /** Field selectors beside `metadata.name` and `metadata.namespace`. They read the object as it is stored. */
  readonly fieldSelectors?: Readonly<Record<string, FieldValue<T>>>;
  /** Objects go by themselves after so long (Events). */
  readonly ttlSeconds?: number;
  /**
   * For kinds that are asked and not stored (TokenReview, SubjectAccessReview): answers a create. No other verb is served then.
   */
  answer?(object: T, request: SubresourceRequest): Promise<T>;
  /** For kinds that are read and not stored (ComponentStatus, NodeMetrics). `verbs` are `get` and `list` then. */
  readonly read?: ReadSource<T>;
}
