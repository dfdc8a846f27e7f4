import { labelKeyProblems } from '../../apimachinery/index.ts';
import { AUDIT_LEVELS, type AuditLevel } from './policy.ts';

/**
 * Adds to the audit event of a request, where there is one. A key is `domain/name`; the first value that a key gets
 * stays. `level`: not shown at a lower one.
 */
export type Annotate = (key: string, value: string, level?: AuditLevel) => void;

interface Annotation {
  readonly value: string;
  readonly level: AuditLevel;
}

const MAX_ANNOTATIONS = 256;
const MAX_CHARACTERS = 256 * 1024;
/** How many were left out: too many, too much, or under a key that is none. */
const LEFT_OUT = 'audit.koinon.dev/annotations-left-out';

/** What is learnt of a request on its way, for its audit event. */
export class AuditAnnotations {
  readonly #annotations = new Map<string, Annotation>();
  #characters = 0;
  #leftOut = 0;

  readonly add: Annotate = (key, value, level = 'Metadata') => {
    if (this.#annotations.has(key)) return;
    const characters = this.#characters + key.length + value.length;
    const hasRoom = this.#annotations.size < MAX_ANNOTATIONS && characters <= MAX_CHARACTERS;
    if (!hasRoom || !key.includes('/') || labelKeyProblems(key).length > 0) {
      this.#leftOut += 1;
      return;
    }
    this.#characters = characters;
    this.#annotations.set(key, { value, level });
  };

  /** Those that are shown at a level, by their keys; `undefined` where there are none. */
  shownAt(level: AuditLevel): Readonly<Record<string, string>> | undefined {
    const highest = AUDIT_LEVELS.indexOf(level);
    const shown = [...this.#annotations]
      .filter(([, annotation]) => AUDIT_LEVELS.indexOf(annotation.level) <= highest)
      .map(([key, { value }]): readonly [string, string] => [key, value]);
    if (this.#leftOut > 0) shown.push([LEFT_OUT, String(this.#leftOut)]);
    return shown.length === 0 ? undefined : Object.fromEntries(shown.sort(byKey));
  }
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
