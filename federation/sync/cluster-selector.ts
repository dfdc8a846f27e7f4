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
  | { readonly ok: true; readonly matches: (cluster: Cluster) => boolean }
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

const counts: Readonly<Record<Operator, { readonly least: number; readonly most: number; readonly words: string }>> = {
  in: { least: 1, most: Infinity, words: 'needs at least one value' },
  notin: { least: 1, most: Infinity, words: 'needs at least one value' },
  '=': { least: 1, most: 1, words: 'needs exactly one value' },
  '!=': { least: 1, most: 1, words: 'needs exactly one value' },
  exists: { least: 0, most: 0, words: 'takes no values' },
  '!': { least: 0, most: 0, words: 'takes no values' },
  '>': { least: 1, most: 1, words: 'needs exactly one whole number' },
  '<': { least: 1, most: 1, words: 'needs exactly one whole number' },
};

function countProblem(operator: Operator, values: readonly string[]): string | undefined {
  const { least, most, words } = counts[operator];
  const isComparison = operator === '>' || operator === '<';
  const isBad = values.length < least || values.length > most;
  return isBad || (isComparison && !/^[+-]?\d+$/.test(values[0] ?? '')) ? `${operator} ${words}` : undefined;
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
