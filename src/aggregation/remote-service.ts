import { deepEqual } from '../apimachinery/index.ts';
import type { APIService, APIServiceSpec } from '../apis/index.ts';
import type { RemoteApi, RemoteResource } from '../apiserver/index.ts';
import { withDeadline } from '../component-base/index.ts';
import { failedCheck, isPlace, PASSED, placeOf, type Availability, type PlaceDeps } from './availability.ts';
import type { FrontProxy } from './front-proxy.ts';
import { remoteOpenApiUrl, remoteResources } from './discovery-check.ts';
import { RemoteDocument, type RemoteDocumentDeps } from './remote-document.ts';
import type { Asked } from './remote-get.ts';

export interface RemoteServiceDeps extends PlaceDeps, RemoteDocumentDeps {
  /** Absent where Services cannot be reached. */
  readonly frontProxy?: FrontProxy;
}

const CHECK_MS = 5_000;

/** One remote API: where it is, and what it was found to be when it was last looked at. */
export class RemoteService implements RemoteApi {
  readonly #deps: RemoteServiceDeps;
  readonly #document: RemoteDocument;
  #spec: APIServiceSpec;
  #frontProxy: FrontProxy | undefined;
  #availability: Availability | undefined;
  #resources: readonly RemoteResource[] = [];
  #openApiUrl: string | undefined;

  constructor(spec: APIServiceSpec, deps: RemoteServiceDeps) {
    this.#spec = spec;
    this.#deps = deps;
    this.#frontProxy = deps.frontProxy;
    this.#document = new RemoteDocument(deps);
  }

  /** It is another one when it is found elsewhere, or believed for other reasons. */
  take({ spec }: APIService): void {
    if (spec === undefined || deepEqual(spec, this.#spec)) return;
    this.#spec = spec;
    this.#availability = undefined;
    this.#document.expire();
  }

  /** By what it knows us from now on. */
  show(frontProxy: FrontProxy): void {
    this.#frontProxy = frontProxy;
  }

  get group(): string {
    return this.#spec.group ?? '';
  }

  get version(): string {
    return this.#spec.version ?? '';
  }

  get priority(): readonly [group: number, version: number] {
    return [this.#spec.groupPriorityMinimum, this.#spec.versionPriority];
  }

  get isAvailable(): boolean {
    return this.#availability?.status === 'True';
  }

  get resources(): readonly RemoteResource[] {
    return this.#resources;
  }

  get openApiUrl(): string | undefined {
    return this.#openApiUrl;
  }

  get openApiPart(): string | undefined {
    return this.#document.part;
  }

  target(): Asked | undefined {
    const place = placeOf(this.#spec, this.#deps);
    return isPlace(place) ? { ...place, tls: this.#tls() } : undefined;
  }

  /** Asks it what it serves; resolves to what is to be thought of it. */
  async check(signal: AbortSignal): Promise<Availability> {
    const place = placeOf(this.#spec, this.#deps);
    this.#availability = isPlace(place) ? await this.#ask({ ...place, tls: this.#tls() }, signal) : place;
    return this.#availability;
  }

  /** Asks it how it describes what it serves, when there is reason to. */
  async describe(signal: AbortSignal): Promise<void> {
    const target = this.target();
    if (target !== undefined) await this.#document.refresh(target, this, signal);
  }

  async #ask(asked: Asked, signal: AbortSignal): Promise<Availability> {
    const path = `/apis/${this.group}/${this.version}`;
    const deadline = withDeadline(CHECK_MS, signal);
    try {
      const resources = await remoteResources(asked, path, deadline);
      if (!deepEqual(resources, this.#resources)) this.#document.expire();
      this.#resources = resources;
    } catch (err) {
      signal.throwIfAborted();
      return failedCheck(`https://${asked.host}:${asked.port}${path}`, err);
    }
    // A server may well have no documents: then nothing is told of them.
    this.#openApiUrl = await remoteOpenApiUrl(asked, path, deadline).catch(() => undefined);
    return PASSED;
  }

  #tls(): Asked['tls'] {
    const { service, caBundle = '', insecureSkipTLSVerify = false } = this.#spec;
    const { certificate, key } = this.#frontProxy ?? {};
    return {
      servername: `${service?.name ?? ''}.${service?.namespace ?? ''}.svc`,
      ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
      insecure: insecureSkipTLSVerify,
      ...(caBundle === '' ? {} : { ca: Buffer.from(caBundle, 'base64').toString() }),
    };
  }
}
