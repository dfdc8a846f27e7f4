import type { ProxyTarget } from '../streaming/connection.ts';

/** A version of a group that another server serves. */
export interface RemoteApi {
  readonly group: string;
  readonly version: string;
  /** Where it is now, with how to speak to it; `undefined`: nobody answers there. */
  target(): Pick<ProxyTarget, 'host' | 'port' | 'tls'> | undefined;
  /** What it last said that it serves, as in an `APIResourceList`. */
  readonly resources: readonly RemoteResource[];
  readonly isAvailable: boolean;
  /** Its document in version 3 of OpenAPI, as its own index names it; `undefined` while nobody knows of one. */
  readonly openApiUrl: string | undefined;
  /** What its document in version 2 says of this version, as `openApiPart` made it; `undefined` while nobody knows of one. */
  readonly openApiPart: string | undefined;
}

/** An entry of `APIResourceList`. */
export interface RemoteResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** What other servers serve behind this one. May change while the server runs. */
export class RemoteApis {
  #apis: readonly RemoteApi[] = [];
  #byVersion: ReadonlyMap<string, RemoteApi> = new Map();

  /** Replaces all; in the order in which clients are told of them. */
  set(apis: readonly RemoteApi[]): void {
    this.#apis = apis;
    this.#byVersion = new Map(apis.map((api) => [`${api.group}/${api.version}`, api]));
  }

  all(): readonly RemoteApi[] {
    return this.#apis;
  }

  /** Of a path to a resource, or to the documents of a version. Still percent-encoded. */
  ofPath(path: string): RemoteApi | undefined {
    if (this.#apis.length === 0) return undefined;
    const [, group, version] = /^(?:\/openapi\/v3)?\/apis\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path) ?? [];
    if (group === undefined || version === undefined) return undefined;
    return this.#byVersion.get(`${group}/${version}`);
  }
}
