import { compareKeys } from './keys.ts';
const MAX_BLOCK = 512;
/** Two neighbours that fit into this are made one, so that deletions leave no trail of tiny blocks. */
const MERGED_BLOCK = MAX_BLOCK / 2;
/**
 * Versions of distinct keys in the byte order of the keys, in blocks of a few hundred. A place in the order, and so the
 * number of keys between two places, takes a binary search and the lengths of the blocks before it.
 */
export class OrderedVersions {
    #blocks = [];
    get(key) {
        const block = this.#blocks[this.#blockOf(key)];
        const found = block?.[indexIn(block, (other) => compareKeys(other, key) >= 0)];
        return found?.key === key ? found : undefined;
    }
    set(kv) {
        const at = this.#blockOf(kv.key);
        const block = this.#blocks[at];
        if (block === undefined) {
            this.#blocks.push([kv]);
            return;
        }
        const index = indexIn(block, (other) => compareKeys(other, kv.key) >= 0);
        if (block[index]?.key === kv.key)
            block[index] = kv;
        else if (index === block.length)
            block.push(kv);
        else
            block.splice(index, 0, kv);
        if (block.length <= MAX_BLOCK)
            return;
        // What comes in order fills its blocks.
        const cut = index === MAX_BLOCK ? MAX_BLOCK : MAX_BLOCK / 2;
        this.#blocks.splice(at + 1, 0, block.splice(cut));
    }
    delete(key) {
        const at = this.#blockOf(key);
        const block = this.#blocks[at];
        if (block === undefined)
            return;
        const index = indexIn(block, (other) => compareKeys(other, key) >= 0);
        if (block[index]?.key !== key)
            return;
        block.splice(index, 1);
        if (block.length === 0)
            this.#blocks.splice(at, 1);
        else
            this.#merge(at);
    }
    /** How many keys come before the first one that `reached` holds for; it must hold for all that follow that one. */
    rank(reached) {
        const at = this.#lastBlockBefore(reached);
        const block = this.#blocks[at];
        if (block === undefined)
            return 0;
        let before = indexIn(block, reached);
        for (let earlier = 0; earlier < at; earlier++)
            before += this.#blocks[earlier]?.length ?? 0;
        return before;
    }
    /** In order, from the first one that `reached` holds for. */
    *from(reached) {
        let at = this.#lastBlockBefore(reached);
        let index = indexIn(this.#blocks[at] ?? [], reached);
        for (let block = this.#blocks[at]; block !== undefined; block = this.#blocks[++at], index = 0) {
            for (let kv = block[index]; kv !== undefined; kv = block[++index])
                yield kv;
        }
    }
    /** The block that holds the key, or that it would go to. */
    #blockOf(key) {
        return this.#lastBlockBefore((first) => compareKeys(first, key) > 0);
    }
    /** The last block whose first key is not reached; the first block when all are. */
    #lastBlockBefore(reached) {
        let low = 0;
        let high = this.#blocks.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            const first = this.#blocks[middle]?.[0];
            if (first !== undefined && reached(first.key))
                high = middle;
            else
                low = middle + 1;
        }
        return Math.max(0, low - 1);
    }
    #merge(at) {
        for (const left of [at, at - 1]) {
            const [block, next] = [this.#blocks[left], this.#blocks[left + 1]];
            if (block === undefined || next === undefined || block.length + next.length > MERGED_BLOCK)
                continue;
            block.push(...next);
            this.#blocks.splice(left + 1, 1);
            return;
        }
    }
}
/** Of the first key in the block that `reached` holds for; the block's length when there is none. */
function indexIn(block, reached) {
    let low = 0;
    let high = block.length;
    while (low < high) {
        const middle = (low + high) >>> 1;
        const kv = block[middle];
        if (kv !== undefined && reached(kv.key))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
