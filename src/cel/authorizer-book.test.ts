import { expect, it } from 'vitest';

import {
  AUTHORIZER_TYPE,
  AuthorizerBook,
  compileCel,
  RESOURCE_CHECK_TYPE,
  type CelAuthorizationCheck,
} from './index.ts';

async function ask(expression: string): Promise<{ readonly outcome: unknown; readonly asked: readonly object[] }> {
  const asked: CelAuthorizationCheck[] = [];
  const book = new AuthorizerBook(async (check) => {
    asked.push(check);
    return { allowed: check.verb === 'get', reason: `because of ${check.verb}` };
  });
  const variables = { authorizer: AUTHORIZER_TYPE, 'authorizer.requestResource': RESOURCE_CHECK_TYPE };
  const compiled = compileCel({ expression, variables });
  if (!compiled.ok) throw new Error(compiled.message);
  const requestResource = { group: 'apps', resource: 'deployments', subresource: '', namespace: 'n', name: 'd' };
  const bindings = {
    authorizer: book.authorizer,
    'authorizer.requestResource': book.requestResource(requestResource),
  };
  const outcome = await book.settled(() => compiled.program.evaluate(bindings), new AbortController().signal);
  return { outcome: outcome.ok ? outcome.value : outcome.error, asked };
}

it('evaluates again when the authorizer has decided', async () => {
  const { outcome, asked } = await ask(
    `authorizer.group('apps').resource('deployments').namespace('n').check('get').allowed()`,
  );
  expect(outcome).toBe(true);
  expect(asked).toEqual([
    { verb: 'get', group: 'apps', resource: 'deployments', subresource: '', namespace: 'n', name: '' },
  ]);
});

it('asks about the resource of the request, and for an account', async () => {
  const { outcome, asked } = await ask(
    `authorizer.requestResource.check('update').reason() + authorizer.serviceAccount('ns', 'sa').path('/healthz').check('get').reason()`,
  );
  expect(outcome).toBe('because of updatebecause of get');
  expect(asked).toMatchObject([
    { verb: 'update', group: 'apps', name: 'd' },
    { verb: 'get', path: '/healthz', serviceAccount: { namespace: 'ns', name: 'sa' } },
  ]);
});

it('does not ask what does not matter, nor the same twice', async () => {
  const { outcome, asked } = await ask(
    `true || authorizer.path('/x').check('get').allowed() ? authorizer.path('/y').check('post').allowed() || authorizer.path('/y').check('post').allowed() : false`,
  );
  expect(outcome).toBe(false);
  expect(asked).toHaveLength(1);
});

it('lets an expression ask twice, not three times', async () => {
  const check = (verb: string): string => `authorizer.path('/x').check('${verb}').allowed()`;
  expect((await ask(`${check('get')} && ${check('post')}`)).outcome).toBe(false);
  expect((await ask(`${check('post')} || ${check('put')} || ${check('get')}`)).outcome).toBe(
    'operation cancelled: actual cost limit exceeded',
  );
});
