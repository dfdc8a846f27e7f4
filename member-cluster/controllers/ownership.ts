import { controllerOf, matchesLabels, type KubeObject, type Selector } from '../../src/apimachinery/index.ts';

/** The name of an object that is stored. */
export function nameOf(object: KubeObject): string {
  const { name } = object.metadata;
  if (name === undefined) throw new TypeError(`a stored ${object.kind} has a name`);
  return name;
}

/** The uid of an object that is stored. */
export function uidOf(object: KubeObject): string {
  const { uid } = object.metadata;
  if (uid === undefined) throw new TypeError(`a stored ${object.kind} has a uid`);
  return uid;
}

/** What a controller should do about objects in its namespace, by reference and selector. */
export interface Claim<T extends KubeObject> {
  /** Controlled by the owner and selected by it. */
  readonly owned: readonly T[];
  /** Selected, controlled by nobody. */
  readonly orphans: readonly T[];
  /** Controlled by the owner, no longer selected. */
  readonly strays: readonly T[];
}

/**
 * Sorts candidates by their relation to `owner`. What another controls is never touched; what is being deleted is
 * neither adopted nor released.
 */
export function claim<T extends KubeObject>(owner: KubeObject, candidates: readonly T[], selector: Selector): Claim<T> {
  const owned: T[] = [];
  const orphans: T[] = [];
  const strays: T[] = [];
  for (const candidate of candidates) {
    const controller = controllerOf(candidate);
    const selected = matchesLabels(selector, candidate.metadata.labels);
    const leaving = candidate.metadata.deletionTimestamp !== undefined;
    if (controller === undefined) {
      if (selected && !leaving) orphans.push(candidate);
    } else if (controller.uid === owner.metadata.uid) {
      if (selected) owned.push(candidate);
      else if (!leaving) strays.push(candidate);
    }
  }
  return { owned, orphans, strays };
}
