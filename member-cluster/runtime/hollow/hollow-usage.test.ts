import { expect, it } from 'vitest';
import { HOLLOW_ANNOTATIONS } from './hollow-settings.ts';
import { hollowUsage } from './hollow-usage.ts';

const MIB = 1024 * 1024;
const demand = { annotations: {}, requests: {}, limits: {} };
const { cpuUsage, memoryUsage } = HOLLOW_ANNOTATIONS;

it.each([
  ['half of what it asks for', { requests: { cpuNanoCores: 2e8, memoryBytes: 64 * MIB } }, [1e8, 32 * MIB]],
  ['a little, when it asks for nothing', {}, [1e6, 8 * MIB]],
  ['what its pod is told', { annotations: { [cpuUsage]: '1500m', [memoryUsage]: '1Gi' } }, [15e8, 1024 * MIB]],
  ['what it is told itself', { annotations: { [cpuUsage]: '1', [`${cpuUsage}.main`]: '2' } }, [2e9, 8 * MIB]],
  ['no more than its limit', { annotations: { [cpuUsage]: '4' }, limits: { cpuNanoCores: 1e9 } }, [1e9, 8 * MIB]],
])('a hollow container uses %s', (_what, given, [cpuNanoCores, memoryBytes]) => {
  expect(hollowUsage('main', { ...demand, ...given })).toEqual({ cpuNanoCores, memoryBytes });
});

it.each(['much', '-1', ''])('refuses %j as an amount by the name of the annotation', (text) => {
  expect(() => hollowUsage('main', { ...demand, annotations: { [memoryUsage]: text } })).toThrow(memoryUsage);
});
