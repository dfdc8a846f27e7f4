import type { AnswerExplanation, LoggedQuery, QuestionToExplain } from '../../dns/provider/index.ts';
import { formatTime } from '../../src/apimachinery/index.ts';
import type { Service } from '../../src/apis/index.ts';
import { annotations, type Cluster, type DnsExplanation } from '../apis/index.ts';
import { parseServiceIngresses, parseShardNotes, takesClients, type ShardNote } from '../service/index.ts';
import { parseDnsPolicy } from './dns-policy.ts';
import { parseTtl } from './dns-ttl.ts';
import { serviceKeyOf, type Naming } from './naming.ts';
import { locationsOf } from './topology.ts';

type Spec = NonNullable<DnsExplanation['spec']>;
type Status = NonNullable<DnsExplanation['status']>;
type ExplainedQuery = NonNullable<Status['recent']>[number];
type ExplainedService = NonNullable<Status['service']>;
type ExplainedShard = NonNullable<ExplainedService['shards']>[number];

export interface ExplainDeps {
  readonly naming: Naming;
  /** Of Services that do not say. */
  readonly ttlSeconds: number;
  readonly service: (key: string) => Service | undefined;
  readonly clusters: () => readonly Cluster[];
  /** By the server of the federation's zone; nobody can tell without one. */
  readonly answer?: (question: QuestionToExplain) => AnswerExplanation;
  /** What that server has noted of questions, the latest first; `undefined` where it notes none. */
  readonly recentQueries?: (limit: number, name: string) => Promise<readonly LoggedQuery[] | undefined>;
}

/** What is answered to a name now, and why: its Service, the shards of that, its records, and what is chosen of them. */
export async function explainName(asked: Spec, deps: ExplainDeps): Promise<Status> {
  const { type = 'A', client } = asked;
  const name = fullName(asked.name ?? '', deps.naming);
  const key = serviceKeyOf(deps.naming, name);
  const service = key === undefined ? undefined : deps.service(key);
  const told = service === undefined ? undefined : explainedService(service, deps);
  const found = deps.answer?.({ name, type, ...(client === undefined ? {} : { client }) });
  const reasons = [
    ...(key === undefined ? notOurs(name, deps) : serviceReasons(key, service, told)),
    ...levelReasons(name, deps),
    ...(found === undefined ? ['the zone of the federation is not served here'] : answerReasons(found, name, client)),
  ];
  const status = { name, type, ...(told === undefined ? {} : { service: told }), ...answered(found), reasons };
  return withRecent(status, deps.recentQueries, asked.recent);
}

async function withRecent(
  status: Status & { readonly name: string; readonly reasons: readonly string[] },
  recentQueries: ExplainDeps['recentQueries'],
  limit = 0,
): Promise<Status> {
  if (limit === 0) return status;
  const noted = await recentQueries?.(limit, status.name);
  if (noted === undefined) {
    return { ...status, reasons: [...status.reasons, 'questions are not noted: federation.dns.queryLog'] };
  }
  return noted.length === 0 ? status : { ...status, recent: noted.map(explainedQuery) };
}

function explainedQuery({ at, name: _same, answers, ...query }: LoggedQuery): ExplainedQuery {
  return { time: formatTime(at), ...query, ...(answers.length === 0 ? {} : { answers }) };
}

function answered(found: AnswerExplanation | undefined): Pick<Status, 'records' | 'rcode' | 'answers' | 'scope'> {
  if (found === undefined) return {};
  const shown = (sets: AnswerExplanation['found']) =>
    sets.map(({ name, type, ttlSeconds, data }) => ({ name, type, ttlSeconds, data }));
  return {
    records: shown(found.found),
    rcode: found.rcode,
    answers: shown(found.answers),
    ...(found.chosen === undefined ? {} : { scope: found.chosen.scope }),
  };
}

/** `service.namespace` is short for the global name of that Service. */
function fullName(asked: string, naming: Naming): string {
  const name = asked.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const isWhole = name === naming.suffix || name.endsWith(`.${naming.suffix}`);
  return isWhole || labels.length !== 2 ? name : `${name}.${naming.federation}.svc.${naming.suffix}`;
}

function notOurs(name: string, { naming }: ExplainDeps): readonly string[] {
  const shape = `<service>.<namespace>.${naming.federation}.svc[.<zone>][.<region>].${naming.suffix}`;
  return [`${name} is not the name of a Service, which would be ${shape}`];
}

function serviceReasons(
  key: string,
  service: Service | undefined,
  told: ExplainedService | undefined,
): readonly string[] {
  if (service === undefined || told === undefined) return [`there is no Service ${key} in the federation`];
  const { metadata, spec: { type = 'ClusterIP' } = {} } = service;
  if (type !== 'LoadBalancer') {
    return [`Service ${key} is of type ${type}: only those of type LoadBalancer have names`];
  }
  if (!takesClients(service)) return [`Service ${key} is being deleted`];
  const policy = parseDnsPolicy(metadata.annotations);
  if (policy.ok) return [shardsReason(told, policy.policy.lastResort)];
  return [`${policy.key} ${policy.problem}: the nearest is answered`, shardsReason(told, false)];
}

function shardsReason({ shards = [] }: ExplainedService, isLastResort: boolean): string {
  const published = shards.filter((shard) => shard.published);
  if (published.length > 0) return `clients are sent to ${published.map(({ cluster }) => cluster).join(', ')}`;
  const others = shards.map(({ cluster, verdict }) => `${cluster} ${verdict}`);
  const rest = isLastResort ? 'the least bad that has an address is answered' : 'nobody is answered';
  return `no shard is healthy${others.length === 0 ? '' : ` (${others.join(', ')})`}: ${rest}`;
}

function explainedService(service: Service, { clusters, ttlSeconds }: ExplainDeps): ExplainedService {
  const { namespace = '', name = '', annotations: values } = service.metadata;
  const policy = parseDnsPolicy(values);
  const ttl = parseTtl(values);
  return {
    namespace,
    name,
    policy: policy.ok ? policy.policy.kind : 'nearest',
    ttlSeconds: (ttl.ok ? ttl.ttlSeconds : undefined) ?? ttlSeconds,
    shards: explainedShards(service, clusters()),
  };
}

function explainedShards(service: Service, clusters: readonly Cluster[]): readonly ExplainedShard[] {
  const notes = parseShardNotes(service);
  const text = service.metadata.annotations?.[annotations.serviceIngresses];
  const ingresses = new Map(parseServiceIngresses(text).map(({ cluster, items }) => [cluster, items]));
  return locationsOf(clusters)
    .map(({ cluster, region, zones }): ExplainedShard => {
      const published = (ingresses.get(cluster) ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
      return {
        cluster,
        ...(region === undefined ? {} : { region }),
        ...(zones.length === 0 ? {} : { zones }),
        ...stateOf(notes.get(cluster), published),
      };
    })
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

function stateOf(note: ShardNote | undefined, published: readonly string[]): Omit<ExplainedShard, 'cluster'> {
  const { verdict = 'unknown', ready, capacity, addresses: last = [] } = note ?? {};
  const addresses = published.length > 0 ? published : last;
  return {
    verdict,
    published: published.length > 0,
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(ready === undefined ? {} : { ready }),
    ...(capacity === undefined ? {} : { capacityPercent: Math.round(capacity * 100) }),
  };
}

/** Labels between `svc` and the domain that no cluster is in. */
function levelReasons(name: string, { naming, clusters }: ExplainDeps): readonly string[] {
  if (serviceKeyOf(naming, name) === undefined) return [];
  const levels = name
    .slice(0, -naming.suffix.length - 1)
    .split('.')
    .slice(4);
  const known = new Set(
    locationsOf(clusters()).flatMap(({ region, zones }) => [...zones, ...(region === undefined ? [] : [region])]),
  );
  const unknown = levels.filter((level) => ![...known].some((one) => one.toLowerCase() === level));
  return unknown.map((level) => `no cluster is in a zone or region ${level}`);
}

function answerReasons(
  { zone, rcode, found, chosen }: AnswerExplanation,
  name: string,
  client: string | undefined,
): readonly string[] {
  if (zone === undefined) return [`${name} is in no zone of this server: whoever asks is refused`];
  const aliases = found.filter(({ type }) => type === 'CNAME').map((set) => `${set.name} leads to ${set.data.join()}`);
  if (rcode === 'NXDOMAIN') return [...aliases, `zone ${zone} has no such name`];
  if (found.length === aliases.length) return [...aliases, `the name has no records of that type`];
  if (chosen === undefined) return [...aliases, 'everybody is told the same'];
  const [where = '', ...steps] = chosen.steps;
  return [...aliases, client === undefined ? 'nobody was named who asks: as one that is nowhere' : where, ...steps];
}
