import { expect, it } from 'vitest';
import type { UnknownObject } from '../json.ts';
import { applyConfig } from './apply.ts';
import { Change, type ObjectVersions } from './change.ts';
import type { FieldSet } from './field-set.ts';
import { DEDUCED, type MergeType } from './merge-type.ts';
import { ownersAfterUpdate, type Owners } from './owners.ts';
import { formatPath } from './path-element.ts';

const fields = (types: Readonly<Record<string, MergeType>>): MergeType => ({
  kind: 'map',
  field: (name) => {
    const type = types[name];
    return type === undefined ? undefined : { element: `f:${name}`, type, always: false };
  },
});
const text: MergeType = { kind: 'scalar', of: 'untyped' };
const item = fields({ name: text, protocol: text, value: text, nested: fields({ a: text, b: text }) });
const type = fields({
  a: text,
  b: text,
  struct: fields({ a: text, b: text }),
  map: { kind: 'map', field: () => undefined, values: text },
  set: { kind: 'set' },
  list: { kind: 'list', keys: ['name'], defaults: {}, items: item },
  ports: { kind: 'list', keys: ['name', 'protocol'], defaults: { protocol: 'TCP' }, items: item },
  atomicList: { kind: 'atomic', of: 'list' },
  atomicMap: { kind: 'atomic', of: 'map' },
  free: DEDUCED,
});

/** In version v2 the field `a` is called `A`. */
const renamed = (object: UnknownObject, from: string, to: string): UnknownObject => {
  const { [from]: value, ...rest } = object;
  return value === undefined ? object : { ...rest, [to]: value };
};
const versions: ObjectVersions = {
  typeOf: (apiVersion) => {
    if (apiVersion === 'v1') return type;
    return apiVersion === 'v2' ? fields({ A: text, b: text }) : undefined;
  },
  convert: async (object, from) => (from === 'v1' ? renamed(object, 'a', 'A') : renamed(object, 'A', 'a')),
};

type Step =
  | { readonly update: UnknownObject; readonly by: string; readonly in?: string }
  | {
      readonly apply: UnknownObject;
      readonly by: string;
      readonly in?: string;
      readonly force?: boolean;
      readonly conflicts?: readonly string[];
    };

interface State {
  readonly object: UnknownObject;
  readonly owners: Owners;
}

async function take({ object, owners }: State, step: Step): Promise<State> {
  const apiVersion = step.in ?? 'v1';
  const filter = (set: FieldSet) => set;
  const live = apiVersion === 'v1' ? object : await versions.convert(object, 'v1', apiVersion);
  const stored = async (value: UnknownObject) =>
    withoutNulls(apiVersion === 'v1' ? value : await versions.convert(value, apiVersion, 'v1'));
  if ('update' in step) {
    const change = new Change({ live, next: step.update, apiVersion, versions, filter });
    const tracked = await ownersAfterUpdate(change, owners, { self: step.by, apiVersion });
    return { object: await stored(step.update), owners: tracked.owners };
  }
  const applied = await applyConfig({ live, config: step.apply, apiVersion, owners, self: step.by, versions, filter });
  const conflicts = applied.conflicts.map(({ owner, path }) => `${owner}: ${formatPath(path)}`);
  if (step.force !== true) expect(conflicts).toEqual(step.conflicts ?? []);
  const refused = conflicts.length > 0 && step.force !== true;
  return refused ? { object, owners } : { object: await stored(applied.object), owners: applied.owners };
}

function withoutNulls(object: UnknownObject): UnknownObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

const play = async (steps: readonly Step[]): Promise<State> => {
  let state: State = { object: {}, owners: new Map() };
  for (const step of steps) state = await take(state, step);
  return state;
};

const ownedBy = ({ owners }: State) => Object.fromEntries([...owners].map(([id, owner]) => [id, owner.fields]));

it.each<[string, readonly Step[], UnknownObject, Readonly<Record<string, unknown>>]>([
  [
    'gives a writer what it wrote',
    [{ update: { a: 1, map: { x: 1 } }, by: 'u' }],
    { a: 1, map: { x: 1 } },
    { u: { 'f:a': {}, 'f:map': { '.': {}, 'f:x': {} } } },
  ],
  [
    'moves a field to who changes it',
    [
      { update: { a: 1, b: 1 }, by: 'u' },
      { update: { a: 1, b: 2 }, by: 'w' },
    ],
    { a: 1, b: 2 },
    { u: { 'f:a': {} }, w: { 'f:b': {} } },
  ],
  [
    'forgets a field that is removed',
    [
      { update: { a: 1, b: 1 }, by: 'u' },
      { update: { a: 1 }, by: 'w' },
    ],
    { a: 1 },
    { u: { 'f:a': {} } },
  ],
  [
    'gives an applier what it names',
    [{ apply: { struct: { a: 1 } }, by: 'x' }],
    { struct: { a: 1 } },
    { x: { 'f:struct': { 'f:a': {} } } },
  ],
  [
    'shares equal values',
    [
      { apply: { a: 1 }, by: 'x' },
      { apply: { a: 1 }, by: 'y' },
    ],
    { a: 1 },
    { x: { 'f:a': {} }, y: { 'f:a': {} } },
  ],
  [
    'reports a conflict and changes nothing',
    [
      { apply: { a: 1 }, by: 'x' },
      { apply: { a: 2, b: 3 }, by: 'y', conflicts: ['x: .a'] },
    ],
    { a: 1 },
    { x: { 'f:a': {} } },
  ],
  [
    'takes by force',
    [
      { update: { a: 1, b: 1 }, by: 'u' },
      { apply: { a: 2 }, by: 'y', force: true },
    ],
    { a: 2, b: 1 },
    { u: { 'f:b': {} }, y: { 'f:a': {} } },
  ],
  [
    'removes what it applied and does not any more',
    [
      { apply: { a: 1, b: 1 }, by: 'x' },
      { apply: { a: 1 }, by: 'x' },
    ],
    { a: 1 },
    { x: { 'f:a': {} } },
  ],
  [
    'keeps what another applier names too',
    [
      { apply: { a: 1, b: 1 }, by: 'x' },
      { apply: { b: 1 }, by: 'y' },
      { apply: { a: 1 }, by: 'x' },
    ],
    { a: 1, b: 1 },
    { x: { 'f:a': {} }, y: { 'f:b': {} } },
  ],
  [
    'keeps what an updater has changed since',
    [
      { apply: { a: 1, b: 1 }, by: 'x' },
      { update: { a: 1, b: 2 }, by: 'u' },
      { apply: { a: 1 }, by: 'x' },
    ],
    { a: 1, b: 2 },
    { x: { 'f:a': {} }, u: { 'f:b': {} } },
  ],
  [
    'merges nested structs and maps',
    [
      { apply: { struct: { a: 1 }, map: { x: 1 } }, by: 'x' },
      { apply: { struct: { b: 1 }, map: { y: 1 } }, by: 'y' },
      { apply: { struct: { a: 1 } }, by: 'x' },
    ],
    { struct: { a: 1, b: 1 }, map: { y: 1 } },
    { x: { 'f:struct': { 'f:a': {} } }, y: { 'f:struct': { 'f:b': {} }, 'f:map': { 'f:y': {} } } },
  ],
  [
    'removes a struct that nobody fills any more',
    [
      { apply: { a: 1, struct: { a: 1 } }, by: 'x' },
      { apply: { a: 1 }, by: 'x' },
    ],
    { a: 1 },
    { x: { 'f:a': {} } },
  ],
  [
    'keeps apart the members of a set',
    [
      { apply: { set: ['a', 'c'] }, by: 'x' },
      { apply: { set: ['b', 'a'] }, by: 'y' },
      { apply: { set: ['c'] }, by: 'x' },
    ],
    { set: ['b', 'a', 'c'] },
    { x: { 'f:set': { 'v:"c"': {} } }, y: { 'f:set': { 'v:"b"': {}, 'v:"a"': {} } } },
  ],
  [
    'keeps apart the items of a list with keys',
    [
      { apply: { list: [{ name: 'a', value: 1 }] }, by: 'x' },
      { apply: { list: [{ name: 'b', value: 2 }] }, by: 'y' },
      { apply: { list: [{ name: 'a' }] }, by: 'x' },
    ],
    { list: [{ name: 'a' }, { name: 'b', value: 2 }] },
    {
      x: { 'f:list': { 'k:{"name":"a"}': { '.': {}, 'f:name': {} } } },
      y: { 'f:list': { 'k:{"name":"b"}': { '.': {}, 'f:name': {}, 'f:value': {} } } },
    },
  ],
  [
    'merges an item that two appliers name',
    [
      { apply: { list: [{ name: 'a', value: 1 }] }, by: 'x' },
      { apply: { list: [{ name: 'a', nested: { a: 1 } }] }, by: 'y' },
      { apply: {}, by: 'x' },
    ],
    { list: [{ name: 'a', nested: { a: 1 } }] },
    { y: { 'f:list': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:nested': { 'f:a': {} } } } } },
  ],
  [
    'completes keys with their defaults',
    [
      { apply: { ports: [{ name: 'a' }] }, by: 'x' },
      { apply: { ports: [{ name: 'a', protocol: 'UDP' }] }, by: 'y' },
    ],
    { ports: [{ name: 'a' }, { name: 'a', protocol: 'UDP' }] },
    {
      x: { 'f:ports': { 'k:{"name":"a","protocol":"TCP"}': { '.': {}, 'f:name': {} } } },
      y: { 'f:ports': { 'k:{"name":"a","protocol":"UDP"}': { '.': {}, 'f:name': {}, 'f:protocol': {} } } },
    },
  ],
  [
    'owns atomic lists and maps as a whole',
    [
      { apply: { atomicList: ['a'], atomicMap: { a: 1 } }, by: 'x' },
      {
        apply: { atomicList: ['b'], atomicMap: { b: 1 } },
        by: 'y',
        conflicts: ['x: .atomicList', 'x: .atomicMap'],
      },
      { apply: { atomicList: ['b'] }, by: 'y', force: true },
    ],
    { atomicList: ['b'], atomicMap: { a: 1 } },
    { x: { 'f:atomicMap': {} }, y: { 'f:atomicList': {} } },
  ],
  [
    'deduces what has no schema',
    [
      { apply: { free: { deep: { a: 1 }, list: [1] } }, by: 'x' },
      { apply: { free: { deep: { b: 1 } } }, by: 'y' },
    ],
    { free: { deep: { a: 1, b: 1 }, list: [1] } },
    {
      x: { 'f:free': { 'f:deep': { '.': {}, 'f:a': {} }, 'f:list': {} } },
      y: { 'f:free': { 'f:deep': { '.': {}, 'f:b': {} } } },
    },
  ],
  [
    'lets an item that stands twice be one thing',
    [
      { update: { list: [{ name: 'a', value: 1 }, { name: 'a', value: 2 }, { name: 'b' }] }, by: 'u' },
      { apply: { list: [{ name: 'b', value: 4 }] }, by: 'x' },
    ],
    {
      list: [
        { name: 'a', value: 1 },
        { name: 'a', value: 2 },
        { name: 'b', value: 4 },
      ],
    },
    {
      u: { 'f:list': { '.': {}, 'k:{"name":"a"}': {}, 'k:{"name":"b"}': { '.': {}, 'f:name': {} } } },
      x: { 'f:list': { 'k:{"name":"b"}': { '.': {}, 'f:name': {}, 'f:value': {} } } },
    },
  ],
  [
    'makes one of items that stand twice by force',
    [
      {
        update: {
          list: [
            { name: 'a', value: 1 },
            { name: 'a', value: 2 },
          ],
        },
        by: 'u',
      },
      { apply: { list: [{ name: 'a', value: 3 }] }, by: 'x', conflicts: ['u: .list[name="a"]'] },
      { apply: { list: [{ name: 'a', value: 3 }] }, by: 'x', force: true },
    ],
    { list: [{ name: 'a', value: 3 }] },
    {
      u: { 'f:list': {} },
      x: { 'f:list': { 'k:{"name":"a"}': { '.': {}, 'f:name': {}, 'f:value': {} } } },
    },
  ],
  [
    'takes the same item twice in a set for one',
    [
      { update: { set: [1, 3, 4] }, by: 'u' },
      { update: { set: [1, 1, 3, 4] }, by: 'w' },
    ],
    { set: [1, 1, 3, 4] },
    { u: { 'f:set': { '.': {}, 'v:3': {}, 'v:4': {} } }, w: { 'f:set': { 'v:1': {} } } },
  ],
  [
    'finds conflicts in another version',
    [
      { apply: { A: 1 }, by: 'x', in: 'v2' },
      { apply: { a: 2 }, by: 'y', conflicts: ['x: .A'] },
    ],
    { a: 1 },
    { x: { 'f:A': {} } },
  ],
  [
    'keeps what is owned in another version',
    [
      { apply: { a: 1, b: 1 }, by: 'x' },
      { apply: { A: 1 }, by: 'y', in: 'v2' },
      { apply: { b: 1 }, by: 'x' },
    ],
    { a: 1, b: 1 },
    { x: { 'f:b': {} }, y: { 'f:A': {} } },
  ],
  [
    'removes by another version what it applied in the first',
    [
      { apply: { a: 1, b: 1 }, by: 'x' },
      { apply: { b: 1 }, by: 'x', in: 'v2' },
    ],
    { b: 1 },
    { x: { 'f:b': {} } },
  ],
])('%s', async (_name, steps, object, owners) => {
  const state = await play(steps);
  expect(state.object).toEqual(object);
  expect(ownedBy(state)).toEqual(owners);
});

it('forgets owners of a version that is gone', async () => {
  const change = new Change({ live: {}, next: { a: 1 }, apiVersion: 'v1', versions, filter: (set) => set });
  const owners = new Map([['x', { apiVersion: 'v0', applied: true, fields: { 'f:b': {} } }]]);
  const tracked = await ownersAfterUpdate(change, owners, { self: 'u', apiVersion: 'v1' });
  expect([...tracked.owners.keys()]).toEqual(['u']);
});
