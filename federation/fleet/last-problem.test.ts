import { expect, it } from 'vitest';
import { createLogger } from '../../src/component-base/index.ts';
import { LastProblem } from './last-problem.ts';

it('finds the last line of a log that tells of something wrong, however it was cut', () => {
  const problem = new LastProblem();
  const log = createLogger({
    level: 'info',
    destination: {
      write: (text: string) => {
        for (let at = 0; at < text.length; at += 7) problem.read(Buffer.from(text.slice(at, at + 7)));
      },
    },
  });
  log.info('all is well');
  expect(problem.text).toBe('');
  log.error({ err: new Error('before') }, 'something else');
  log.warn({ resource: 'secrets', err: new Error('wrong key\nat many places') }, 'list failed');
  log.info('going on');
  expect(problem.text).toBe('list failed: wrong key');
});

it('takes nothing for a problem that is no line of a log', () => {
  const problem = new LastProblem();
  problem.read(Buffer.from('{"level":"error" and no JSON\n'));
  problem.read(Buffer.from('x'.repeat(1 << 20)));
  expect(problem.text).toBe('');
});
