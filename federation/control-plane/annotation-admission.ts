import { invalid, invalidValue, type FieldError, type KubeObject } from '../../src/apimachinery/index.ts';
import type { AdmissionPlugin } from '../../src/apiserver/index.ts';
import { annotations } from '../apis/index.ts';
import { parsePreferences } from '../scheduling/index.ts';
import { healthCheckProblem, unjudgedClustersProblem } from '../service/index.ts';
import { parseDnsPolicy, parseTtl } from '../service-dns/index.ts';
import { clusterSelectorOf, driftModeOf } from '../sync/index.ts';

/** What is wrong with an annotation of an object that has it; nothing when `undefined` or empty. */
type Check = (object: KubeObject, text: string) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  [annotations.clusterSelector]: (object) => {
    const selector = clusterSelectorOf(object);
    return selector.ok ? undefined : selector.problem;
  },
  [annotations.deploymentPreferences]: preferencesProblem,
  [annotations.replicaSetPreferences]: preferencesProblem,
  [annotations.jobPreferences]: preferencesProblem,
  [annotations.adopt]: switchProblem,
  [annotations.confirm]: switchProblem,
  [annotations.propagate]: switchProblem,
  [annotations.drift]: (object) => (driftModeOf(object) === undefined ? 'must be enforce, report or pause' : undefined),
  [annotations.dnsTtl]: ({ metadata }) => {
    const ttl = parseTtl(metadata.annotations);
    return ttl.ok ? undefined : ttl.problem;
  },
  // A policy may be wrong because of what it needs or excludes.
  [annotations.dnsPolicy]: ({ metadata }) => dnsPolicyProblem(metadata.annotations),
  ...Object.fromEntries(
    [annotations.dnsWeights, annotations.dnsOrder, annotations.dnsMinimum, annotations.dnsLastResort].map((key) => [
      key,
      ({ metadata }: KubeObject) => dnsPolicyProblem(metadata.annotations, key),
    ]),
  ),
  [annotations.healthCheck]: healthCheckProblem,
  [annotations.unjudgedClusters]: unjudgedClustersProblem,
};

/**
 * Refuses what the federation could not read. Only what a write changes is looked at: an object that was stored so
 * before can still be changed in other ways.
 */
export const annotationAdmission: AdmissionPlugin = {
  name: 'FederationAnnotations',
  handles: ({ operation, object, subresource }) =>
    (operation === 'CREATE' || operation === 'UPDATE') &&
    subresource === undefined &&
    object?.metadata.annotations !== undefined,
  validate: async ({ resource, name, object, oldObject }) => {
    const errors = object === undefined ? [] : problemsOf(object, oldObject);
    if (errors.length > 0) throw invalid(resource, name, errors);
  },
};

function problemsOf(object: KubeObject, old: KubeObject | undefined): readonly FieldError[] {
  const before = old?.metadata.annotations ?? {};
  return Object.entries(object.metadata.annotations ?? {}).flatMap(([key, text]) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    const problem = text === before[key] ? undefined : check?.(object, text);
    return problem === undefined || problem === '' ? [] : [invalidValue(`metadata.annotations[${key}]`, text, problem)];
  });
}

/** With `key` only what is to be changed there. */
function dnsPolicyProblem(values: KubeObject['metadata']['annotations'], key?: string): string | undefined {
  const parsed = parseDnsPolicy(values);
  if (parsed.ok || (key !== undefined && parsed.key !== key)) return undefined;
  return key === undefined && parsed.key !== annotations.dnsPolicy ? `${parsed.key} ${parsed.problem}` : parsed.problem;
}

function preferencesProblem(_object: KubeObject, text: string): string | undefined {
  const parsed = parsePreferences(text);
  return parsed.ok ? undefined : parsed.problem;
}

function switchProblem(_object: KubeObject, text: string): string | undefined {
  return text === 'true' || text === 'false' ? undefined : 'must be true or false';
}
