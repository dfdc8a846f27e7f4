import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const program = (after: string) => `
  import { createRequire } from 'node:module';
  const tracing = await import('./src/tracing/index.ts');
  await import('./src/apiserver/index.ts');
  ${after}
  const loaded = Object.keys(createRequire(import.meta.url + '/x').cache);
  console.log(loaded.filter((file) => /@opentelemetry.(?!api.)/.test(file)).length);
`;

function loaded(after: string): number {
  const args = ['--input-type=module', '--eval', program(after)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return Number(stdout);
}

it('loads nothing of OpenTelemetry before somebody asks for a tracer', () => {
  expect(loaded('')).toBe(0);
  const options = `{ url: 'http://127.0.0.1:1/', samplingRatePerMillion: 0, service: 's', instance: 'i' }`;
  expect(loaded(`await tracing.startOtlpTracer(${options});`)).toBeGreaterThan(10);
});
