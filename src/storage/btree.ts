import BTreeModule from 'sorted-btree';

type Constructor = typeof BTreeModule.default;

/** The package is CommonJS with a `default` export: Node and bundlers give the module, Vitest gives the class. */
const loaded: typeof BTreeModule | Constructor = BTreeModule;

export const BTree: Constructor = 'default' in loaded ? loaded.default : loaded;
