import type { Annotate } from '../audit/annotations.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { ApiRequest } from './api-request.ts';
import type { ResourceInfo } from './request-info.ts';

/** One authorized request on a resource that is served. */
export interface ResourceCall {
  readonly info: ResourceInfo;
  readonly request: ApiRequest;
  readonly registry: ServedResource;
  readonly user: UserInfo;
  readonly warn: (text: string) => void;
  readonly annotate: Annotate;
  /** Throws 403 unless the user may create the object that the request names. */
  readonly requireCreate: () => Promise<void>;
}
