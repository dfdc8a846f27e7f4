import manifest from '../../package.json' with { type: 'json' };

/** koinon's own version. */
export const VERSION: string = manifest.version;
