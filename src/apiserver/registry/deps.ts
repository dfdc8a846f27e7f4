import type { TypeTable } from '../../apimachinery/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import type { Annotate } from '../audit/annotations.ts';
import type { FieldOwnership } from '../managed-fields/field-ownership.ts';
import type { ScaleOwnership } from '../managed-fields/scale-ownership.ts';
import type { ResourceDefinition, UserInfo, Verb } from '../resource-definition.ts';
import type { ObjectCodec } from './codec.ts';

/** What serving one resource takes. */
export interface RegistryDeps {
  readonly definition: ResourceDefinition;
  readonly codec: ObjectCodec;
  readonly storage: Storage;
  readonly admission: AdmissionChain;
  readonly clock: Clock;
  readonly types: TypeTable;
  readonly ownership: FieldOwnership;
  readonly scaleOwnership: ScaleOwnership;
}

/** Who writes and how; the same for all writes. */
export interface WriteRequest {
  readonly user: UserInfo;
  readonly verb: Verb;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  /** The name under which the fields that are written are owned. */
  readonly fieldManager: string;
  /** The `apiVersion` that the client speaks, where it is not that of what is stored. */
  readonly writtenAs?: string;
  readonly subresource?: string;
  /** A text for the client that is no failure. */
  readonly warn: (text: string) => void;
  readonly annotate: Annotate;
}
