import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeySpace } from './key-space.ts';
import { compareKeys } from './keys.ts';
const value = new Uint8Array();
const version = (key, modRevision = 1) => ({ key, value, createRevision: 1, modRevision });
const change = fc.record({
    key: fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '\u{1F600}', '\uFF21'), minLength: 1, maxLength: 5 }),
    deleted: fc.boolean(),
});
const question = fc.record({
    prefix: fc.constantFrom('', 'a', 'a/', 'b', '/'),
    after: fc.option(fc.constantFrom('a', 'a/b', 'b/', 'é', '\u{1F600}'), { nil: undefined }),
    limit: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
});
it('lists and counts as a sorted array does, also a state of the past', () => {
    fc.assert(fc.property(fc.array(change, { maxLength: 2_000 }), fc.array(change, { maxLength: 50 }), question, (first, since, { prefix, after, limit }) => {
        const keys = new KeySpace();
        const model = new Map();
        const apply = ({ key, deleted }, revision) => {
            const previous = model.get(key);
            if (!deleted) {
                model.set(key, version(key, revision));
                keys.apply({ type: 'put', kv: model.get(key) });
            }
            else if (previous !== undefined) {
                model.delete(key);
                keys.apply({ type: 'delete', key, revision, previous });
            }
        };
        for (const [index, each] of first.entries())
            apply(each, index);
        const then = new Map(model);
        for (const [index, each] of since.entries())
            apply(each, first.length + index);
        const before = new Map(since.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => [key, then.get(key)]));
        const options = { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
        for (const [state, past] of [
            [model, undefined],
            [then, before],
        ]) {
            const expected = [...state.keys()]
                .filter((key) => key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0))
                .sort(compareKeys);
            const { items, remaining } = keys.list(prefix, options, past);
            expect(items).toEqual(expected.slice(0, limit).map((key) => state.get(key)));
            expect(remaining).toBe(expected.length - items.length);
        }
    }), { numRuns: 150 });
});
it('touches what it lists and hardly anything else', () => {
    const keys = new KeySpace();
    let touched = 0;
    for (let i = 0; i < 50_000; i++) {
        const key = `/registry/configmaps/default/${String(i).padStart(6, '0')}`;
        keys.set({
            get key() {
                touched++;
                return key;
            },
            value,
            createRevision: i,
            modRevision: i,
        });
    }
    touched = 0;
    const { items, remaining } = keys.list('/registry/configmaps/', { limit: 500 });
    expect([items.length, remaining]).toEqual([500, 49_500]);
    expect(touched).toBeLessThan(700);
});
it('keeps its order through deletions and late insertions', () => {
    const keys = new KeySpace();
    const names = Array.from({ length: 5_000 }, (_, i) => `/a/${(i * 7919) % 5_000}`);
    for (const name of names)
        keys.set(version(name));
    for (const name of names.slice(0, 4_900))
        keys.apply({ type: 'delete', key: name, revision: 2, previous: version(name) });
    for (const name of names.slice(0, 10))
        keys.set(version(name, 3));
    const expected = [...names.slice(4_900), ...names.slice(0, 10)].sort(compareKeys);
    expect(keys.list('/a/', {}).items.map(({ key }) => key)).toEqual(expected);
    expect(keys.get(names[0])?.modRevision).toBe(3);
    expect(keys.get(names[20])).toBeUndefined();
});
