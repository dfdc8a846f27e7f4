import type { FieldSchema, FieldType, TypeSchema } from '../../src/apimachinery/index.ts';

const GROUP = 'dev.koinon/dns.koinon.dev/v1alpha1.';

export const dnsSchema = (kind: string) => `${GROUP}${kind}`;

const text: FieldType = { kind: 'string' };
const number: FieldType = { kind: 'int32' };
const own = (name: string): FieldType => ({ kind: 'ref', name: dnsSchema(name) });
const listOf = (items: FieldType): FieldType => ({ kind: 'list', items });

function field(name: string, type: FieldType, facts: Partial<FieldSchema> = {}): FieldSchema {
  return { name, type, number: 0, pointer: false, omitEmpty: true, inline: false, required: false, ...facts };
}

const always = { omitEmpty: false, required: true } as const;
const pointer = { pointer: true } as const;
const typeOf = (name: string, ...fields: readonly FieldSchema[]): TypeSchema => ({ name: dnsSchema(name), fields });

export const dnsExplanationSchemas: readonly TypeSchema[] = [
  typeOf(
    'DNSExplanation',
    field('kind', text),
    field('apiVersion', text),
    field('metadata', { kind: 'ref', name: 'k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta' }),
    field('spec', own('DNSExplanationSpec'), { required: true }),
    field('status', own('DNSExplanationStatus')),
  ),
  typeOf(
    'DNSExplanationSpec',
    field('name', text, always),
    field('type', text),
    field('client', text),
    field('recent', number),
  ),
  typeOf(
    'DNSExplanationStatus',
    field('name', text),
    field('type', text),
    field('service', own('ExplainedService'), pointer),
    field('records', listOf(own('ExplainedRecord'))),
    field('rcode', text),
    field('answers', listOf(own('ExplainedRecord'))),
    field('scope', number, pointer),
    field('reasons', listOf(text)),
    field('recent', listOf(own('ExplainedQuery'))),
  ),
  typeOf(
    'ExplainedQuery',
    field('time', { kind: 'time' }, always),
    field('client', text, always),
    field('subnet', text),
    field('transport', text, always),
    field('type', text, always),
    field('rcode', text, always),
    field('answers', listOf(text)),
    field('scope', number, pointer),
    field('reasons', listOf(text)),
  ),
  typeOf(
    'ExplainedService',
    field('namespace', text, always),
    field('name', text, always),
    field('policy', text, always),
    field('ttlSeconds', number, pointer),
    field('shards', listOf(own('ExplainedShard'))),
  ),
  typeOf(
    'ExplainedShard',
    field('cluster', text, always),
    field('region', text),
    field('zones', listOf(text)),
    field('verdict', text, always),
    field('published', { kind: 'boolean' }, always),
    field('addresses', listOf(text)),
    field('ready', number, pointer),
    field('capacityPercent', number, pointer),
  ),
  typeOf(
    'ExplainedRecord',
    field('name', text, always),
    field('type', text, always),
    field('ttlSeconds', number, always),
    field('data', listOf(text), always),
  ),
];
