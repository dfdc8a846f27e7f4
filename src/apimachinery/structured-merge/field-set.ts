/**
 * A set of fields of an object, in the very form of `FieldsV1`: keys are path elements (`f:name`, `k:{"name":"a"}`,
 * `v:"a"`). An element that stands for itself is an empty object, or has the key `.` beside its children; one that has
 * children only is on the way to them and no member.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A set while it is being built. */
export interface FieldSetBuilder {
  [element: string]: FieldSet;
}

export const SELF = '.';
export const LEAF: FieldSet = Object.freeze({});
export const NO_FIELDS: FieldSet = Object.freeze({});

export function isEmptySet(set: FieldSet): boolean {
  for (const _element in set) return false;
  return true;
}

/** Of the node of an element, as against a whole set, where empty means that there is nothing. */
function isMember(node: FieldSet): boolean {
  return isEmptySet(node) || node[SELF] !== undefined;
}

/** What stands below a node. */
function childrenOf(node: FieldSet): FieldSet {
  if (node[SELF] === undefined) return node;
  const { [SELF]: _self, ...children } = node;
  return children;
}

/** `undefined`: nothing is left of it. */
function nodeOf(member: boolean, children: FieldSet): FieldSet | undefined {
  if (isEmptySet(children)) return member ? LEAF : undefined;
  return member ? { [SELF]: LEAF, ...children } : children;
}

type Combine = (a: FieldSet | undefined, b: FieldSet | undefined) => FieldSet | undefined;

function combined(a: FieldSet, b: FieldSet, combine: Combine): FieldSet {
  const result: FieldSetBuilder = {};
  for (const element in a) {
    const node = combine(a[element], b[element]);
    if (node !== undefined) result[element] = node;
  }
  for (const element in b) {
    if (a[element] !== undefined) continue;
    const node = combine(undefined, b[element]);
    if (node !== undefined) result[element] = node;
  }
  return result;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  return combined(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left ?? right;
    return nodeOf(isMember(left) || isMember(right), union(childrenOf(left), childrenOf(right)));
  });
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, b, (left, right) => {
    if (left === undefined || right === undefined) return undefined;
    return nodeOf(isMember(left) && isMember(right), intersection(childrenOf(left), childrenOf(right)));
  });
}

/** What is in `a` and not in `b`, member by member: a parent in `b` takes none of its children along. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  return combined(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left;
    return nodeOf(isMember(left) && !isMember(right), difference(childrenOf(left), childrenOf(right)));
  });
}

/** Without what is in `b` and all that stands below. */
export function withoutTrees(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  return combined(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left;
    return isMember(right) ? undefined : nodeOf(isMember(left), withoutTrees(childrenOf(left), childrenOf(right)));
  });
}

/** Only what is in `b` or stands below something in it. */
export function onlyTrees(a: FieldSet, b: FieldSet): FieldSet {
  return combined(a, b, (left, right) => {
    if (left === undefined || right === undefined) return undefined;
    return isMember(right) ? left : nodeOf(false, onlyTrees(childrenOf(left), childrenOf(right)));
  });
}

/** The set below an element; `undefined` when nothing is there. */
export function below(set: FieldSet, element: string): FieldSet | undefined {
  const node = set[element];
  if (node === undefined) return undefined;
  const children = childrenOf(node);
  return isEmptySet(children) ? undefined : children;
}

export function hasElement(set: FieldSet, element: string): boolean {
  const node = set[element];
  return node !== undefined && isMember(node);
}

export type FieldPath = readonly string[];

export function hasPath(set: FieldSet, [element, ...rest]: FieldPath): boolean {
  if (element === undefined) return false;
  if (rest.length === 0) return hasElement(set, element);
  const node = set[element];
  return node !== undefined && hasPath(childrenOf(node), rest);
}

export function setOf(...paths: readonly FieldPath[]): FieldSet {
  return paths.reduce<FieldSet>((set, path) => union(set, nested(path)), NO_FIELDS);
}

function nested([element, ...rest]: FieldPath): FieldSet {
  return element === undefined ? LEAF : { [element]: nested(rest) };
}

const RANKS = 'fkvi';
const rank = (element: string) => RANKS.indexOf(element.charAt(0));
const byElement = (a: string, b: string) => rank(a) - rank(b) || (a < b ? -1 : 1);

/** All members: those of one level in order, then those below them. */
export function pathsOf(set: FieldSet, prefix: FieldPath = []): readonly FieldPath[] {
  const elements = Object.keys(set)
    .filter((element) => element !== SELF)
    .sort(byElement);
  return [
    ...elements.filter((element) => hasElement(set, element)).map((element) => [...prefix, element]),
    ...elements.flatMap((element) => pathsOf(below(set, element) ?? NO_FIELDS, [...prefix, element])),
  ];
}
