import { expect, it } from 'vitest';
import { withKubectlFlags } from './kubectl-flags.ts';

it.each([
  [
    ['join', 'east', '--dry-run=client'],
    ['join', 'east', '--dry-run'],
  ],
  [
    ['join', 'east', '--dry-run=none', '--wait=true'],
    ['join', 'east', '--wait'],
  ],
  [
    ['unjoin', 'east', '--wait=false', '--force=false'],
    ['unjoin', 'east', '--no-wait'],
  ],
  [
    ['join', 'east', '--dry-run=server'],
    ['join', 'east', '--dry-run=server'],
  ],
  [
    ['join', '--context=wait', 'east'],
    ['join', '--context=wait', 'east'],
  ],
])('reads %j as kubectl would', (args, parsed) => {
  expect(withKubectlFlags(args)).toEqual(parsed);
});
