import { randomUUID } from 'node:crypto';
import { untilAborted, type Clock, type Logger } from '../../component-base/index.ts';
import { passOn } from '../aggregation/pass-on.ts';
import type { RemoteApis } from '../aggregation/remote-apis.ts';
import { authenticate } from '../authentication/authenticate.ts';
import { impersonated } from '../authentication/impersonation.ts';
import { requireAllowed } from '../authorization/gate.ts';
import type { FlowControl, Placement } from '../flow-control/flow-control.ts';
import type { Registries } from '../registry/registries.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { methodNotAllowed, noSuchResource } from '../registry/rules.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes, Authenticator, Authorizer } from '../security.ts';
import { header, type ApiAnswer, type ApiRequest } from './api-request.ts';
import { failureAnswer, noSuchPath } from './failure.ts';
import type { InFlight } from './in-flight.ts';
import { requestKindOf, type ServerMetrics } from './metrics.ts';
import { answerPath, type PathsDeps } from './paths.ts';
import { resourceInfo, type ResourceInfo } from './request-info.ts';
import type { ResourceRequests } from './resource-requests.ts';

export interface HandlerDeps {
  readonly registries: Registries;
  readonly remoteApis: RemoteApis;
  readonly requests: ResourceRequests;
  readonly paths: PathsDeps;
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  readonly inFlight: InFlight;
  /** Absent: first come, first served, within `inFlight`. */
  readonly flowControl: FlowControl | undefined;
  readonly metrics: ServerMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An answer and what goes with it. */
export interface Handled {
  readonly answer: ApiAnswer;
  readonly auditId: string;
  readonly warnings: readonly string[];
  /** Absent without flow control, and for what no flow schema is for. */
  readonly placement: Placement | undefined;
  /** What to call when a streaming answer has ended. */
  readonly ended: () => void;
}

/** From a request to its answer: who is it, may he, and then what was asked. Never rejects. */
export class Handler {
  readonly #deps: HandlerDeps;

  constructor(deps: HandlerDeps) {
    this.#deps = deps;
  }

  async handle(request: ApiRequest): Promise<Handled> {
    const { clock, metrics, inFlight, log, registries } = this.#deps;
    const start = clock.now();
    const warnings: string[] = [];
    let info: ResourceInfo | undefined;
    let answer: ApiAnswer;
    let placement: Placement | undefined;
    try {
      info = resourceInfo(request.method, request.path, request.query);
      const work = inFlight.run(requestKindOf(request.method), async () => {
        const user = await this.#userOf(request);
        return this.#inTurn(user, request, (flow) => {
          placement = flow;
          return this.answerAs(user, request, (text) => warnings.push(text));
        });
      });
      answer = await untilAborted(work, request.signal);
    } catch (err) {
      answer = failureAnswer(err, log);
    }
    const known = info === undefined ? undefined : counted(info, registries.find(info));
    const code = codeOf(answer);
    metrics.answered(known, request.method, { code, ms: clock.now() - start });
    const isLong = answer.type === 'stream' || answer.type === 'connection';
    const ended = isLong && known !== undefined ? metrics.streaming(known) : () => undefined;
    return { answer, warnings, ended, auditId: header(request, 'audit-id') ?? randomUUID(), placement };
  }

  /** Past authentication. Throws what is answered with a Status. */
  async answerAs(user: UserInfo, request: ApiRequest, warn: (text: string) => void): Promise<ApiAnswer> {
    const { authorizer, registries, remoteApis, requests, paths } = this.#deps;
    const info = resourceInfo(request.method, request.path, request.query);
    await requireAllowed(authorizer, attributesOf(user, request, info));
    const remote = remoteApis.ofPath(request.path);
    if (remote !== undefined) return passOn(remote, user, request);
    if (info === undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
      return answerPath(paths, request);
    }
    const registry = registries.find(info);
    if (registry !== undefined && needsCreate(info, registry)) {
      await requireAllowed(authorizer, { ...attributesOf(user, request, info), verb: 'create' });
    }
    if (registry !== undefined) return requests.answer({ info, request, registry, user, warn });
    if (!registries.hasVersion(info)) return noSuchPath();
    throw noSuchResource();
  }

  /** What goes on for long is no matter of turns: only its beginning is, and of a watch that is most of the work. */
  #inTurn(
    user: UserInfo,
    request: ApiRequest,
    work: (placement: Placement | undefined) => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    const { flowControl, registries } = this.#deps;
    const info = resourceInfo(request.method, request.path, request.query);
    if (flowControl === undefined || (info !== undefined && isConnection(info, registries.find(info)))) {
      return work(undefined);
    }
    return flowControl.run(attributesOf(user, request, info), request.signal, work);
  }

  async #userOf(request: ApiRequest): Promise<UserInfo> {
    const { authenticators, authorizer } = this.#deps;
    const user = await authenticate(authenticators, request.credentials(), request.signal);
    return impersonated(user, request.headers, authorizer);
  }
}

/** What metrics say of a request: only what is served, since paths that anybody can think of have no end. */
function counted(info: ResourceInfo, registry: ServedResource | undefined): ResourceInfo | undefined {
  if (registry === undefined) return undefined;
  const { subresources = [] } = registry.definition;
  const isServed = info.subresource === undefined || subresources.some(({ name }) => name === info.subresource);
  return isServed ? info : { ...info, subresource: 'other' };
}

function codeOf(answer: ApiAnswer): number {
  switch (answer.type) {
    case 'complete':
    case 'passed':
      return answer.status;
    case 'stream':
      return 200;
    case 'connection':
      return 101;
  }
}

function isConnection({ subresource }: ResourceInfo, registry: ServedResource | undefined): boolean {
  const parts = registry?.definition.subresources ?? [];
  return subresource !== undefined && parts.some(({ name, type }) => name === subresource && type === 'connect');
}

/** To run a command in a container is more than to read something, though some clients ask for it with GET. */
function needsCreate({ verb, subresource }: ResourceInfo, { definition }: ServedResource): boolean {
  if (subresource === undefined || verb === 'create') return false;
  const part = definition.subresources?.find(({ name }) => name === subresource);
  return part?.type === 'connect' && part.needsCreate === true;
}

const SINGLE_NAME = /^metadata\.name==?([^,!=]+)$/;

function attributesOf(
  user: UserInfo,
  { method, path, query }: ApiRequest,
  info?: ResourceInfo,
): AuthorizationAttributes {
  if (info === undefined) return { user, verb: method.toLowerCase(), path };
  const { verb, group, version, plural, namespace, subresource } = info;
  // A list or watch of one name is authorized by that name.
  const name = info.name ?? SINGLE_NAME.exec(query.get('fieldSelector') ?? '')?.[1];
  return {
    user,
    verb,
    resource: {
      group,
      version,
      plural,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    },
  };
}
