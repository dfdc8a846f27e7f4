import { compareKeys } from './keys.ts';
/** The first `limit` of `entries`, of which there are `total`; none after those is looked at. */
export function page(entries, total, limit = Infinity) {
    const wanted = Math.min(limit, total);
    const items = [];
    if (wanted > 0) {
        for (const entry of entries) {
            items.push(entry);
            if (items.length === wanted)
                break;
        }
    }
    return { items, remaining: total - items.length };
}
/** `current`, in order of keys, with the keys of `before` put back to what they were: another entry, or none. */
export function* rewound(current, before) {
    const past = [...before.values()].filter((entry) => entry !== undefined);
    past.sort((a, b) => compareKeys(a.key, b.key));
    let next = 0;
    for (const entry of current) {
        for (let old = past[next]; old !== undefined && compareKeys(old.key, entry.key) <= 0; old = past[next]) {
            yield old;
            next++;
        }
        if (!before.has(entry.key))
            yield entry;
    }
    yield* past.slice(next);
}
