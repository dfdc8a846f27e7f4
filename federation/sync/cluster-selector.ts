import {
  labelKeyProblems,
  labelValueProblems,
  matchesLabels,
  type KubeObject,
  type Selector,
} from '../../src/apimachinery/index.ts';
import { annotations, type Cluster } from '../apis/index.ts';

/** The value by which the original marked what never leaves the federation's API. It is not JSON. */
const FEDERATION_ONLY = 'federation.kubernetes.io/federation-control-plane=true';

export type ClusterSelector =
  | { readonly ok: true; matches(cluster: Cluster): boolean }
  /** The annotation cannot be read; the object is synced nowhere until it can. */
  | { readonly ok: false; readonly problem: string };

type Operator = Selector[number]['operator'];

const operators: Readonly<Record<string, Operator>> = {
  in: 'in',
  In: 'in',
  notin: 'notin',
  NotIn: 'notin',
  '=': '=',
  '==': '=',
  '!=': '!=',
  exists: 'exists',
  Exists: 'exists',
  '!': '!',
  DoesNotExist: '!',
  gt: '>',
  Gt: '>',
  '>': '>',
  lt: '<',
  Lt: '<',
  '<': '<',
};

/** Which clusters an object is for: all, unless its annotation asks for certain labels of the Cluster objects. */
export function clusterSelectorOf(object: KubeObject): ClusterSelector {
  const text = object.metadata.annotations?.[annotations.clusterSelector];
  if (text === undefined) return { ok: true, matches: () => true };
  if (text === FEDERATION_ONLY) return { ok: true, matches: () => false };
  try {
    const selector = parseSelector(text);
    return { ok: true, matches: (cluster) => matchesLabels(selector, cluster.metadata.labels) };
  } catch (err) {
    if (err instanceof SyntaxError || err instanceof BadSelector) return { ok: false, problem: err.message };
    throw err;
  }
}

class BadSelector extends Error {}

function parseSelector(text: string): Selector {
  const items: unknown = JSON.parse(text);
  if (!Array.isArray(items)) throw new BadSelector('a cluster selector must be a list of requirements');
  return items.map((item: unknown) => {
    const { key, operator, values = [] } = objectOf(item);
    if (typeof key !== 'string' || typeof operator !== 'string' || !isStrings(values)) {
      throw new BadSelector('a requirement needs a key, an operator and perhaps values');
    }
    return requirementOf(key, operator, values);
  });
}

function requirementOf(key: string, name: string, values: readonly string[]): Selector[number] {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined) throw new BadSelector(`${JSON.stringify(name)} is not a valid operator`);
  const [problem] = [...labelKeyProblems(key), ...values.flatMap(labelValueProblems)];
  if (problem !== undefined) throw new BadSelector(`requirement on ${JSON.stringify(key)}: ${problem}`);
  const complaint = countProblem(operator, values);
  if (complaint !== undefined) throw new BadSelector(`requirement on ${JSON.stringify(key)}: ${complaint}`);
  return { key, operator, values };
}

function countProblem(operator: Operator, values: readonly string[]): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? `${operator} needs at least one value` : undefined;
    case '=':
    case '!=':
      return values.length === 1 ? undefined : `${operator} needs exactly one value`;
    case 'exists':
    case '!':
      return values.length === 0 ? undefined : `${operator} takes no values`;
    case '>':
    case '<':
      return values.length === 1 && /^[+-]?\d+$/.test(values[0] ?? '')
        ? undefined
        : `${operator} needs exactly one whole number`;
  }
}

function objectOf(item: unknown): { key?: unknown; operator?: unknown; values?: unknown } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new BadSelector('a requirement must be an object');
  }
  return item;
}

function isStrings(values: unknown): values is readonly string[] {
  return Array.isArray(values) && values.every((value) => typeof value === 'string');
}
