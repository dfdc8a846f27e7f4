import type { Registry } from './registry.ts';

/** One resource as it is served, whether its version is the one that is stored or another one. */
export type ServedResource = Pick<
  Registry,
  | 'definition'
  | 'requireVerb'
  | 'kindOf'
  | 'bodyKindOf'
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'createPart'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deleteCollection'
>;
