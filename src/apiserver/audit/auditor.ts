import { formatMicroTime, isObject, parseJson } from '../../apimachinery/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes } from '../security.ts';
import type { AuditAnnotations } from './annotations.ts';
import { auditDecision, type AuditDecision, type AuditPolicy, type AuditStage } from './policy.ts';

export interface AuditOptions {
  readonly policy: AuditPolicy;
  /** Takes one event as a line of JSON without its end. Must not throw and not wait. */
  readonly write: (line: string) => void;
}

/** A request as far as its event tells of it. */
export interface AuditedRequest {
  readonly auditId: string;
  readonly uri: string;
  readonly sourceIps: readonly string[];
  readonly userAgent: string | undefined;
  readonly attributes: AuthorizationAttributes;
  /** Who sent it, where that is another one than who it is done for. */
  readonly impersonator: UserInfo | undefined;
  /** The body, read; only asked for where it is to be noted. */
  readonly body: () => Promise<unknown>;
  /** As they are when an event is written. */
  readonly annotations: Pick<AuditAnnotations, 'shownAt'>;
}

export interface AuditedAnswer {
  readonly code: number;
  /** JSON; absent for streams. */
  readonly body?: Buffer | string;
}

/** Notes who asked for what, and what came of it, as a policy says (`audit.k8s.io/v1 Event`). */
export class Auditor {
  readonly #options: AuditOptions;
  readonly #clock: Clock;

  constructor(options: AuditOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** The notes on one request; `undefined` where the policy wants none. `receivedAt` in milliseconds since the epoch. */
  begin(request: AuditedRequest, receivedAt: number): AuditTrail | undefined {
    const decision = auditDecision(this.#options.policy, request.attributes);
    if (decision.level === 'None') return undefined;
    const trail = new AuditTrail({ ...this.#options, clock: this.#clock }, { request, decision, receivedAt });
    trail.received();
    return trail;
  }
}

interface Subject {
  readonly request: AuditedRequest;
  readonly decision: AuditDecision;
  readonly receivedAt: number;
}

export class AuditTrail {
  readonly #deps: Pick<AuditOptions, 'write'> & { readonly clock: Clock };
  readonly #subject: Subject;

  constructor(deps: Pick<AuditOptions, 'write'> & { readonly clock: Clock }, subject: Subject) {
    this.#deps = deps;
    this.#subject = subject;
  }

  received(): void {
    this.#note('RequestReceived', {});
  }

  /** Of an answer that goes on for long. */
  started(code: number): void {
    this.#note('ResponseStarted', { responseStatus: { metadata: {}, code } });
  }

  async completed(answer: AuditedAnswer): Promise<void> {
    if (this.#isOmitted('ResponseComplete')) return;
    const { level } = this.#subject.decision;
    const sent = level === 'Metadata' ? undefined : this.#shown(await this.#subject.request.body());
    const response = parsed(answer.body);
    this.#note('ResponseComplete', {
      responseStatus: statusOf(answer.code, response),
      ...(sent === undefined ? {} : { requestObject: sent }),
      ...(level === 'RequestResponse' && response !== undefined ? { responseObject: this.#shown(response) } : {}),
    });
  }

  #isOmitted(stage: AuditStage): boolean {
    return this.#subject.decision.omitStages.has(stage);
  }

  #note(stage: AuditStage, more: Readonly<Record<string, unknown>>): void {
    if (this.#isOmitted(stage)) return;
    const { request, decision, receivedAt } = this.#subject;
    const { attributes, impersonator } = request;
    const annotations = request.annotations.shownAt(decision.level);
    const event = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: decision.level,
      auditID: request.auditId,
      stage,
      requestURI: request.uri,
      verb: attributes.verb,
      user: impersonator ?? attributes.user,
      ...(impersonator === undefined ? {} : { impersonatedUser: attributes.user }),
      sourceIPs: request.sourceIps,
      ...(request.userAgent === undefined ? {} : { userAgent: request.userAgent }),
      ...objectRef(attributes),
      ...more,
      requestReceivedTimestamp: formatMicroTime(receivedAt),
      stageTimestamp: formatMicroTime(this.#deps.clock.now()),
      ...(annotations === undefined ? {} : { annotations }),
    };
    this.#deps.write(JSON.stringify(event));
  }

  #shown(value: unknown): unknown {
    if (!this.#subject.decision.omitManagedFields || !isObject(value) || !isObject(value['metadata'])) return value;
    const { managedFields: _managedFields, ...metadata } = value['metadata'];
    return { ...value, metadata };
  }
}

function objectRef({ resource }: AuthorizationAttributes): { readonly objectRef?: unknown } {
  if (resource === undefined) return {};
  const { group, version, plural, namespace, name, subresource } = resource;
  return {
    objectRef: {
      resource: plural,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(group === '' ? {} : { apiGroup: group }),
      apiVersion: version,
      ...(subresource === undefined ? {} : { subresource }),
    },
  };
}

function statusOf(code: number, response: unknown): unknown {
  if (!isObject(response) || response['kind'] !== 'Status') return { metadata: {}, code };
  const { status, message, reason } = response;
  return { metadata: {}, status, message, reason, code };
}

/** What is no JSON (a log, a metric) is not noted. */
function parsed(body: Buffer | string | undefined): unknown {
  const text = body?.toString() ?? '';
  if (!text.startsWith('{')) return undefined;
  const value = parseJson(text);
  return value;
}
