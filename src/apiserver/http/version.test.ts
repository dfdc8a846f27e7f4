import { expect, it } from 'vitest';
import { DEFAULT_GIT_VERSION, versionInfo } from './version.ts';

it('tells a version in the form that clients read', () => {
  expect(versionInfo(DEFAULT_GIT_VERSION)).toMatchObject({
    major: '1',
    minor: expect.stringMatching(/^\d+\+?$/) as unknown,
    gitVersion: expect.stringMatching(/^v\d\.\d+\.[\w.+-]+$/) as unknown,
    gitCommit: expect.stringMatching(/^[0-9a-f]+$/) as unknown,
  });
  expect(() => versionInfo('latest')).toThrow(TypeError);
});
