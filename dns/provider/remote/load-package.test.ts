import { expect, it } from 'vitest';
import { loadPackage } from './load-package.ts';

it('names a package that is not installed', async () => {
  // A name that the bundler and the compiler cannot see through.
  const name = ['koinon', 'no', 'such', 'package'].join('-');
  await expect(loadPackage(name, () => import(name))).rejects.toThrow(
    `this provider needs the package ${name}, which is not installed: npm install ${name}`,
  );
});

it('says nothing of other failures', async () => {
  await expect(loadPackage('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});
