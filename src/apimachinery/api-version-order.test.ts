import { expect, it } from 'vitest';
import { compareVersions } from './api-version-order.ts';

it('puts the versions of a group into the order in which clients prefer them', () => {
  const order = ['v10', 'v2', 'v1', 'v11beta2', 'v10beta3', 'v3beta1', 'v12alpha1', 'v11alpha2', 'foo1', 'foo10'];
  expect([...order].reverse().sort(compareVersions)).toEqual(order);
});
