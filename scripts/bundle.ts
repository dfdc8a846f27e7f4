// Packages are loaded below to see what they export, and one of them wants this first.
import 'reflect-metadata';
import { build, type Plugin } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };

const INSIDE = 'lazy-commonjs';

/**
 * `await import('package')` of a CommonJS package has named exports in Node and, without this, only a default one in the
 * bundle: a small ES module in between names what Node itself finds there.
 */
const lazyCommonJs: Plugin = {
  name: INSIDE,
  setup: (bundling) => {
    bundling.onResolve({ filter: /^[^./]/ }, ({ path, kind, namespace, resolveDir }) => {
      if (kind !== 'dynamic-import' || namespace === INSIDE || path.startsWith('node:')) return undefined;
      const { external = [] } = bundling.initialOptions;
      if (external.some((name) => path === name || path.startsWith(`${name}/`))) return undefined;
      return { path, namespace: INSIDE, pluginData: resolveDir };
    });
    bundling.onLoad({ filter: /.*/, namespace: INSIDE }, async ({ path, pluginData }) => {
      const names = Object.keys((await import(path)) as object);
      const own = names.filter((name) => name !== 'default' && name !== 'module.exports');
      const contents = [
        `import * as all from ${JSON.stringify(path)};`,
        `export const { ${own.join(', ')} } = all;`,
        ...(names.includes('default') ? ['export default all.default;'] : []),
      ].join('\n');
      // @NOTE set above.
      return { contents, resolveDir: pluginData as string };
    });
  },
};

/** Loaded by whoever needs them, from where they are installed: few do, and one has native parts. */
const optionalPackages = Object.keys({ ...packageJson.optionalDependencies, ...packageJson.peerDependencies });

/** Few files to read at start, the rare parts in chunks of their own. */
export async function bundle(entryPoints: Readonly<Record<string, string>>, outdir: string): Promise<void> {
  await build({
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node26',
    // ES modules where a package has them: what nobody uses of them is left out.
    mainFields: ['module', 'main'],
    conditions: ['module'],
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    // Has native parts that it finds beside itself.
    external: ['lmdb', ...optionalPackages],
    plugins: [lazyCommonJs],
    // Some packages have a default export as CommonJS and none as an ES module; nobody asks for it then.
    logOverride: { 'import-is-undefined': 'silent' },
    // CommonJS packages inside an ES module bundle still ask for these.
    banner: {
      js: [
        // No global by name here: a chunk may have a variable of its own of that name.
        "import { createRequire as __createRequire } from 'node:module';",
        'const require = __createRequire(import.meta.url);',
        'const __filename = import.meta.filename;',
        'const __dirname = import.meta.dirname;',
      ].join('\n'),
    },
    logLevel: 'warning',
  });
}
