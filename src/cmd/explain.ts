import { withDeadline } from '../component-base/index.ts';
import { dnsExplanations, type DnsExplanation } from '../../federation/apis/index.ts';
import { targetFederation, type TargetFlags } from './target-federation.ts';
import { plainTable } from './plain-table.ts';

export interface ExplainFlags extends TargetFlags {
  readonly client?: string;
  readonly type: string;
  readonly recent: number;
  readonly output: 'text' | 'json';
}

type Status = NonNullable<DnsExplanation['status']>;
type Query = NonNullable<Status['recent']>[number];

const DEADLINE_MS = 30_000;

/** What DNS answers to a name, and how that came about. */
export async function explain(name: string, flags: ExplainFlags): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  await using target = await targetFederation(flags, signal);
  const { client, type, recent, output } = flags;
  const spec = { name, type: type.toUpperCase(), recent, ...(client === undefined ? {} : { client }) };
  const { status = {} } = await target.federation.create(dnsExplanations, { metadata: {}, spec }, { signal });
  if (output === 'json') console.log(JSON.stringify(status, null, 2));
  else console.log(textOf(status, client));
}

function textOf(status: Status, client: string | undefined): string {
  const { name = '', type = '', service, records = [], reasons = [], recent = [] } = status;
  const parts = [
    `${name} ${type}${client === undefined ? '' : `, asked for ${client}`}`,
    ...(service === undefined ? [] : [serviceText(service)]),
    ...(records.length === 0 ? [] : [`records:\n${recordsText(records)}`]),
    `why:\n${reasons.map((reason) => `  ${reason}`).join('\n')}`,
    ...answerText(status, client),
    ...(recent.length === 0 ? [] : [`latest questions:\n${recent.map(queryText).join('\n')}`]),
  ];
  return parts.join('\n\n');
}

function answerText({ rcode, answers = [], scope }: Status, client: string | undefined): readonly string[] {
  if (rcode === undefined) return [];
  const answer = `answer: ${rcode}${answers.length === 0 ? '' : `\n${recordsText(answers)}`}`;
  if (scope === undefined || client === undefined) return [answer];
  return [answer, `the same for all whose addresses have the same first ${scope} bits`];
}

function serviceText({ namespace, name, policy, ttlSeconds, shards = [] }: NonNullable<Status['service']>): string {
  const ttl = ttlSeconds === undefined ? '' : `, TTL ${ttlSeconds} s`;
  const rows = shards.map((shard) => [
    shard.cluster,
    shard.region ?? '',
    (shard.zones ?? []).join(','),
    shard.verdict,
    shard.ready === undefined ? '' : String(shard.ready),
    shard.published ? `${shard.capacityPercent ?? 100} %` : 'none',
    (shard.addresses ?? []).join(','),
  ]);
  const table = plainTable(['CLUSTER', 'REGION', 'ZONES', 'SHARD', 'READY', 'CLIENTS', 'ADDRESSES'], rows);
  return `Service ${namespace}/${name}: ${policy}${ttl}\n${table}`;
}

function queryText({ time, client, subnet, type, rcode, answers = [], reasons = [] }: Query): string {
  const who = subnet === undefined ? client : `${subnet} by ${client}`;
  const lines = [`  ${time} ${who} ${type} ${rcode} ${answers.join(', ')}`.trimEnd()];
  return [...lines, ...reasons.map((reason) => `    ${reason}`)].join('\n');
}

function recordsText(records: NonNullable<Status['records']>): string {
  return records
    .flatMap(({ name, type, ttlSeconds, data }) => data.map((item) => `  ${name} ${ttlSeconds} ${type} ${item}`))
    .join('\n');
}
