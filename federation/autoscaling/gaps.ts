import type { Findings } from '../../src/autoscaling/index.ts';

const CONDITION = 'AllClustersMeasured';
const MOST_NAMED = 5;

/** In which clusters something could not be seen, and why. */
export class Gaps {
  readonly #reasons = new Map<string, string>();

  /** The first reason counts. */
  note(cluster: string, why: string): void {
    if (!this.#reasons.has(cluster)) this.#reasons.set(cluster, why);
  }

  get size(): number {
    return this.#reasons.size;
  }

  /** Told once, when it turns; where all could ever be seen nothing is said. */
  tell(findings: Findings): void {
    const before = findings.conditions.find(({ type }) => type === CONDITION);
    if (this.#reasons.size === 0) {
      if (before !== undefined)
        findings.say(CONDITION, true, 'AllSeen', 'all clusters that have pods of it tell what they use');
      return;
    }
    const message = `decided without knowing all: ${this.#text()}`;
    findings.say(CONDITION, false, 'ClustersMissing', message);
    if (before?.status !== 'False') findings.warn('ClustersMissing', message);
  }

  #text(): string {
    const all = [...this.#reasons].sort(([a], [b]) => (a < b ? -1 : 1));
    const named = all.slice(0, MOST_NAMED).map(([cluster, why]) => `${cluster}: ${why}`);
    const rest = all.length - named.length;
    return [...named, ...(rest > 0 ? [`and ${rest} more clusters`] : [])].join('; ');
  }
}
