import { randomUUID } from 'node:crypto';
import { untilAborted, type Clock, type Logger } from '../../component-base/index.ts';
import type { Span, Tracer } from '../../tracing/index.ts';
import { passOn } from '../aggregation/pass-on.ts';
import type { RemoteApis } from '../aggregation/remote-apis.ts';
import { AuditAnnotations, type Annotate } from '../audit/annotations.ts';
import type { AuditedAnswer, Auditor, AuditTrail } from '../audit/auditor.ts';
import { authenticate } from '../authentication/authenticate.ts';
import { impersonated } from '../authentication/impersonation.ts';
import { requireAllowed, requireAllowedNoting } from '../authorization/gate.ts';
import { selectedBy } from '../authorization/selected.ts';
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
import { endSpan, traced } from './request-tracing.ts';
import type { ResourceCall } from './resource-call.ts';
import type { ResourceRequests } from './resource-requests.ts';

export interface HandlerDeps {
  readonly registries: Registries;
  readonly remoteApis: RemoteApis;
  readonly requests: ResourceRequests;
  readonly paths: PathsDeps;
  readonly authenticators: readonly Authenticator[];
  /** Whether who shows no credentials goes on as nobody at a path. */
  readonly allowsAnonymous: (path: string) => boolean;
  readonly authorizer: Authorizer;
  readonly inFlight: InFlight;
  /** Absent: first come, first served, within `inFlight`. */
  readonly flowControl: FlowControl | undefined;
  /** Absent: nothing is noted. */
  readonly auditor: Auditor | undefined;
  /** The body of a request as a value; `undefined` when it cannot be read as one. */
  readonly readBody: (request: ApiRequest) => Promise<unknown>;
  readonly metrics: ServerMetrics;
  /** Absent: nothing is traced. */
  readonly tracer: Tracer | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Audited {
  readonly user: UserInfo;
  readonly impersonator?: UserInfo | undefined;
  readonly info: ResourceInfo | undefined;
  readonly auditId: string;
  readonly annotations: AuditAnnotations;
  readonly start: number;
}

/** Who is told what, beside the answer. */
export type Notes = Pick<ResourceCall, 'warn' | 'annotate'>;

/** What is learnt of a request on its way. */
interface Seen {
  placement: Placement | undefined;
  trail: AuditTrail | undefined;
  /** Somebody was found to have sent it. */
  isSender: boolean;
  span: Span | undefined;
}

/** Who sends a request and is not believed. */
const NOBODY: UserInfo = { username: '', groups: [] };

const UNHEARD: Annotate = () => undefined;

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

  async handle(incoming: ApiRequest): Promise<Handled> {
    const { clock, metrics, inFlight, log, registries } = this.#deps;
    let request = incoming;
    const start = clock.now();
    const warnings: string[] = [];
    const auditId = header(request, 'audit-id') ?? randomUUID();
    const annotations = new AuditAnnotations();
    const notes: Notes = { warn: (text) => warnings.push(text), annotate: this.#annotate(annotations) };
    let info: ResourceInfo | undefined;
    let answer: ApiAnswer;
    const seen: Seen = { placement: undefined, trail: undefined, isSender: false, span: undefined };
    try {
      info = resourceInfo(request.method, request.path, request.query);
      request = this.#trace(request, { info, auditId, seen });
      const work = inFlight.run(requestKindOf(request.method), async () => {
        const { user, impersonator } = await this.#userOf(request, notes.annotate);
        seen.isSender = true;
        seen.trail = this.#audit(request, { user, impersonator, info, auditId, annotations, start });
        return this.#inTurn({ user, info, request }, (flow) => {
          seen.placement = flow;
          return this.answerAs(user, request, notes);
        });
      });
      answer = await untilAborted(work, request.signal);
    } catch (err) {
      answer = failureAnswer(err, log);
      if (!seen.isSender) seen.trail = this.#audit(request, { user: NOBODY, info, auditId, annotations, start });
    }
    const known = info === undefined ? undefined : counted(info, registries.find(info));
    const code = codeOf(answer);
    metrics.answered(known, request.method, { code, ms: clock.now() - start });
    if (seen.span !== undefined) endSpan(seen.span, code);
    const isLong = answer.type === 'stream' || answer.type === 'connection';
    const streamed = isLong && known !== undefined ? metrics.streaming(known) : () => undefined;
    const ended = () => {
      streamed();
      if (isLong) this.#complete(seen.trail, { code });
    };
    if (isLong) seen.trail?.started(code);
    else this.#complete(seen.trail, { code, ...(answer.type === 'complete' ? { body: answer.body } : {}) });
    return { answer, warnings, ended, auditId, placement: seen.placement };
  }

  #trace(
    request: ApiRequest,
    { info, auditId, seen }: Pick<Audited, 'info' | 'auditId'> & { readonly seen: Seen },
  ): ApiRequest {
    const { tracer } = this.#deps;
    const trace = tracer && traced(tracer, request, info, auditId);
    seen.span = trace?.span;
    return trace?.request ?? request;
  }

  /** Past authentication. Throws what is answered with a Status. */
  async answerAs(user: UserInfo, request: ApiRequest, notes: Notes): Promise<ApiAnswer> {
    const { authorizer, registries, remoteApis, requests, paths } = this.#deps;
    const info = resourceInfo(request.method, request.path, request.query);
    await requireAllowedNoting(authorizer, attributesOf(user, request, info), notes.annotate);
    const remote = remoteApis.ofPath(request.path);
    if (remote !== undefined) return passOn(remote, user, request);
    if (info === undefined) {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
      return answerPath(paths, request);
    }
    const registry = registries.find(info);
    const requireCreate = () => requireAllowed(authorizer, { ...attributesOf(user, request, info), verb: 'create' });
    if (registry !== undefined && needsCreate(info, registry)) await requireCreate();
    if (registry !== undefined) return requests.answer({ info, request, registry, user, requireCreate, ...notes });
    if (!registries.hasVersion(info)) return noSuchPath();
    throw noSuchResource();
  }

  /** What goes on for long is no matter of turns: only its beginning is, and of a watch that is most of the work. */
  #inTurn(
    { user, info, request }: Pick<Audited, 'user' | 'info'> & { readonly request: ApiRequest },
    work: (placement: Placement | undefined) => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    const { flowControl, registries } = this.#deps;
    if (flowControl === undefined || (info !== undefined && isConnection(info, registries.find(info)))) {
      return work(undefined);
    }
    return flowControl.run(attributesOf(user, request, info), request.signal, work);
  }

  async #userOf(request: ApiRequest, annotate: Annotate): Promise<Pick<Audited, 'user' | 'impersonator'>> {
    const { authenticators, allowsAnonymous, authorizer } = this.#deps;
    const options = { annotate, signal: request.signal, allowsAnonymous: allowsAnonymous(request.path) };
    const sender = await authenticate(authenticators, request.credentials(), options);
    const user = await impersonated(sender, request.identityHeaders(), authorizer);
    return user === sender ? { user } : { user, impersonator: sender };
  }

  #annotate(annotations: AuditAnnotations): Annotate {
    return this.#deps.auditor === undefined ? UNHEARD : annotations.add;
  }

  #audit(
    request: ApiRequest,
    { user, impersonator, info, auditId, annotations, start }: Audited,
  ): AuditTrail | undefined {
    const { auditor, readBody } = this.#deps;
    if (auditor === undefined) return undefined;
    const query = request.query.toString();
    return auditor.begin(
      {
        auditId,
        uri: query === '' ? request.path : `${request.path}?${query}`,
        sourceIps: request.sourceIps(),
        userAgent: header(request, 'user-agent'),
        attributes: attributesOf(user, request, info),
        impersonator,
        annotations,
        body: () => readBody(request),
      },
      start,
    );
  }

  #complete(trail: AuditTrail | undefined, answer: AuditedAnswer): void {
    trail?.completed(answer).catch((err: unknown) => {
      this.#deps.log.error({ err }, 'an audit event could not be written');
    });
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

function attributesOf(
  user: UserInfo,
  { method, path, query }: ApiRequest,
  info?: ResourceInfo,
): AuthorizationAttributes {
  if (info === undefined) return { user, verb: method.toLowerCase(), path };
  const { verb, group, version, plural, namespace, subresource } = info;
  // A list or watch of one name is authorized by that name.
  const { name: selectedName, ...selected } = selectedBy(verb, query.get('fieldSelector'));
  const name = info.name ?? selectedName;
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
      ...selected,
    },
  };
}
