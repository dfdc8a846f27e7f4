import { decodeYaml, isObject } from '../../apimachinery/index.ts';
import { AUDIT_LEVELS, type AuditPolicy } from './policy.ts';

const LEVELS: readonly string[] = AUDIT_LEVELS;
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];
const TOP = new Set(['apiVersion', 'kind', 'metadata', 'rules', 'omitStages', 'omitManagedFields']);
const RULE_LISTS = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs'];
const RULE = new Set([...RULE_LISTS, 'level', 'resources', 'omitStages', 'omitManagedFields']);
const RESOURCE_LISTS = ['resources', 'resourceNames'];
const RESOURCE = new Set([...RESOURCE_LISTS, 'group']);

/** What is wrong with a policy, a line each. */
export class AuditPolicyError extends Error {
  override readonly name = 'AuditPolicyError';
}

/** Reads an `audit.k8s.io/v1 Policy` in YAML or JSON. Throws an `AuditPolicyError` that names every fault. */
export async function parseAuditPolicy(text: string): Promise<AuditPolicy> {
  let value: unknown;
  try {
    ({ value } = await decodeYaml(text));
  } catch (err) {
    throw new AuditPolicyError(err instanceof Error ? err.message : String(err), { cause: err });
  }
  const faults = isObject(value) ? [...policyFaults(value)] : ['it is no object'];
  if (faults.length > 0) throw new AuditPolicyError(faults.join('\n'));
  // @NOTE every field was just found to be of its type.
  return value as AuditPolicy;
}

type Fields = Readonly<Record<string, unknown>>;

function* policyFaults(policy: Fields): Generator<string> {
  if (policy['apiVersion'] !== 'audit.k8s.io/v1') yield 'apiVersion: must be audit.k8s.io/v1';
  if (policy['kind'] !== 'Policy') yield 'kind: must be Policy';
  yield* unknownFields('', policy, TOP);
  yield* commonFaults('', policy);
  const { rules } = policy;
  if (!Array.isArray(rules) || rules.length === 0) yield 'rules: at least one is required';
  else for (const [index, rule] of rules.entries()) yield* ruleFaults(`rules[${index}].`, rule);
}

function* ruleFaults(at: string, rule: unknown): Generator<string> {
  if (!isObject(rule)) {
    yield `${at.slice(0, -1)}: must be an object`;
    return;
  }
  yield* unknownFields(at, rule, RULE);
  if (!LEVELS.includes(String(rule['level']))) yield `${at}level: must be one of ${LEVELS.join(', ')}`;
  for (const name of RULE_LISTS) yield* listFaults(at, rule, name);
  yield* commonFaults(at, rule);
  const { resources = [], nonResourceURLs = [], namespaces = [] } = rule;
  if (!Array.isArray(resources)) yield `${at}resources: must be a list`;
  else
    for (const [index, resource] of resources.entries()) yield* resourceFaults(`${at}resources[${index}].`, resource);
  const isAboutResources = [resources, namespaces].some((list) => Array.isArray(list) && list.length > 0);
  if (isAboutResources && Array.isArray(nonResourceURLs) && nonResourceURLs.length > 0) {
    yield `${at}nonResourceURLs: a rule cannot be about resources and other paths at once`;
  }
}

function* resourceFaults(at: string, resource: unknown): Generator<string> {
  if (!isObject(resource)) {
    yield `${at.slice(0, -1)}: must be an object`;
    return;
  }
  yield* unknownFields(at, resource, RESOURCE);
  if (resource['group'] !== undefined && typeof resource['group'] !== 'string') yield `${at}group: must be a string`;
  for (const name of RESOURCE_LISTS) yield* listFaults(at, resource, name);
}

function* commonFaults(at: string, fields: Fields): Generator<string> {
  yield* listFaults(at, fields, 'omitStages');
  const { omitStages, omitManagedFields } = fields;
  for (const stage of Array.isArray(omitStages) ? omitStages : []) {
    if (!STAGES.includes(String(stage))) yield `${at}omitStages: must be of ${STAGES.join(', ')}`;
  }
  if (omitManagedFields !== undefined && typeof omitManagedFields !== 'boolean') {
    yield `${at}omitManagedFields: must be true or false`;
  }
}

function* listFaults(at: string, fields: Fields, name: string): Generator<string> {
  const list = fields[name];
  if (list === undefined) return;
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string'))
    yield `${at}${name}: must be a list of strings`;
}

function* unknownFields(at: string, fields: Fields, known: ReadonlySet<string>): Generator<string> {
  for (const name of Object.keys(fields)) if (!known.has(name)) yield `${at}${name}: there is no such field`;
}
