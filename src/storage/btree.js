import BTreeModule from 'sorted-btree';
/** The package is CommonJS with a `default` export: Node and bundlers give the module, Vitest gives the class. */
const loaded = BTreeModule;
export const BTree = 'default' in loaded ? loaded.default : loaded;
