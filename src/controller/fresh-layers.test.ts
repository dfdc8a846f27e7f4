import { expect, it } from 'vitest';
import { aborted, start, type Runnable } from '../component-base/index.ts';
import { freshLayers } from './fresh-layers.ts';

it('builds its parts for each run, starts them from below and ends when one of them fails', async () => {
  const told: string[] = [];
  const failing = Promise.withResolvers<never>();
  const part = (name: string): Runnable => ({
    name,
    async run(signal, ready) {
      told.push(`${name} runs`);
      ready();
      await Promise.race([aborted(signal), ...(name === 'controller 2' ? [failing.promise] : [])]);
      told.push(`${name} ended`);
    },
  });
  let built = 0;
  const layers = freshLayers('layers', () => {
    built++;
    return [[part(`informers ${built}`)], [part(`controller ${built}`)]];
  });
  await (await start([layers])).stop();
  expect(told.slice(0, 2)).toEqual(['informers 1 runs', 'controller 1 runs']);
  expect(told.slice(2).toSorted()).toEqual(['controller 1 ended', 'informers 1 ended']);

  const again = await start([layers]);
  failing.reject(new Error('broken'));
  await expect(again.done).rejects.toThrow('broken');
  expect(told.at(-1)).toBe('informers 2 ended');
});
