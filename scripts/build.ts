/** Bundles koinon into dist/. */
import { rm } from 'node:fs/promises';
import { bundle } from './bundle.ts';

await rm('dist', { recursive: true, force: true });
await bundle({ koinon: 'src/cmd/main.ts', 'dns-udp-worker': 'dns/server/workers/udp-worker.ts' }, 'dist');
