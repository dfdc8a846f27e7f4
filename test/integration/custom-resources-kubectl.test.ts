import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApiServer } from '../harness/api-server.ts';
import { startCustomResourceServer } from '../harness/custom-resources.ts';
import { crontab, crontabDefinition } from '../harness/definitions.ts';
import { hasKubectl, kubectlFor, type Kubectl } from '../harness/kubectl.ts';

describe.skipIf(!hasKubectl())('custom resources, by kubectl', () => {
  let api: TestApiServer;
  let kubectl: Kubectl;
  const json = (value: unknown) => JSON.stringify(value);

  beforeAll(async () => {
    api = await startCustomResourceServer({ listen: true });
    kubectl = await kubectlFor(api);
    await kubectl.out('create -f -', json(crontabDefinition()));
    await kubectl.out('wait --for=condition=Established crd/crontabs.stable.example.com --timeout=5s');
  });

  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  const refusal = async (line: string, stdin?: string) => {
    const { code, stderr } = await kubectl.run(line.split(' '), stdin);
    expect(code).not.toBe(0);
    return stderr;
  };

  it('tells of the definition as soon as it is established', async () => {
    expect(await kubectl.out('get crd')).toMatch(/^NAME\s+CREATED AT\ncrontabs\.stable\.example\.com\s/);
    expect(await kubectl.out('api-resources --api-group=stable.example.com')).toMatch(
      /crontabs +ct +stable\.example\.com\/v1 +true +CronTab/,
    );
  });

  it('applies, shows, changes and scales an object', async () => {
    expect(await kubectl.out('apply -f -', json(crontab('a')))).toContain('crontab.stable.example.com/a created');
    expect(await kubectl.out('apply -f -', json(crontab('a', { image: 'next' })))).toContain('a configured');
    expect(await kubectl.out('get ct')).toMatch(/^NAME +SPEC +REPLICAS +AGE\na +\* \* \* \* \*\/5 +1 +\d+s\n$/);
    expect(await kubectl.out('get ct a -o wide')).toMatch(/^NAME +SPEC +REPLICAS +IMAGE +AGE\na .* next /);
    expect(await kubectl.out('get all')).toContain('crontab.stable.example.com/a');
    expect(await kubectl.out('scale --replicas=3 crontab/a')).toContain('scaled');
    expect(await kubectl.out('patch ct a --type=merge -p {"spec":{"image":"p"}}')).toContain('patched');
    expect(await kubectl.out('get ct a -o jsonpath={.spec.replicas}/{.spec.image}/{.metadata.generation}')).toBe(
      '3/p/4',
    );
  });

  it('refuses what the schema does', async () => {
    const wrong = json(crontab('b', { cronSpec: 'never', replicas: 11 }));
    const text = await refusal('create -f -', wrong);
    expect(text).toContain('The CronTab "b" is invalid');
    expect(text).toContain(
      'spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10',
    );
    expect(text).toContain('spec.cronSpec: Invalid value: "never": spec.cronSpec in body should match');
    expect(await refusal('create -f -', json(crontab('b', { image: 1 })))).toContain(
      'spec.image: Invalid value: "integer": spec.image in body must be of type string: "integer"',
    );
  });

  it('refuses, warns of or drops unknown fields', async () => {
    const odd = json(crontab('c', { colour: 'red' }));
    expect(await refusal('create -f -', odd)).toContain('strict decoding error: unknown field "spec.colour"');
    const warned = await kubectl.run(['create', '--validate=warn', '--dry-run=server', '-f', '-'], odd);
    expect(warned).toMatchObject({ code: 0, stderr: 'Warning: unknown field "spec.colour"\n' });
    expect(await kubectl.out('create --validate=false -o yaml -f -', odd)).not.toContain('colour');
  });

  it('selects by the fields that it lets be selected', async () => {
    await kubectl.out('create -f -', json(crontab('d', { image: 'special' })));
    expect(await kubectl.out('get ct --field-selector spec.image=special -o name')).toBe(
      'crontab.stable.example.com/d\n',
    );
    expect(await refusal('get ct --field-selector spec.cronSpec=x')).toContain(
      'field label not supported: spec.cronSpec',
    );
  });

  it('explains', async () => {
    const text = await kubectl.out('explain crontab.spec');
    expect(text).toContain('What shall happen, and when.');
    expect(text).toMatch(/cronSpec\s<string> -required-/);
    expect(await kubectl.out('explain crontab.metadata.name')).toContain('FIELD: name <string>');
  });

  it('warns of versions that are better not used any more, and calls lists as it is told', async () => {
    const definition = crontabDefinition();
    const [version] = definition.spec.versions;
    const names = { ...definition.spec.names, listKind: 'CronTabs' };
    const versions = version === undefined ? [] : [{ ...version, deprecated: true }];
    await kubectl.out('apply -f -', json({ ...definition, spec: { ...definition.spec, names, versions } }));
    await expect
      .poll(() => kubectl.run(['get', 'ct', 'a']).then(({ stderr }) => stderr))
      .toBe('Warning: stable.example.com/v1 CronTab is deprecated\n');
    expect(await kubectl.out('get --raw /apis/stable.example.com/v1/crontabs')).toContain('"kind":"CronTabs"');
  });

  it('removes the objects, and then the definition', async () => {
    await kubectl.out('delete crd crontabs.stable.example.com');
    expect(await refusal('get crontabs.v1.stable.example.com')).toMatch(
      /could not find the requested resource|doesn't have a resource type/,
    );
    await kubectl.out('create -f -', json(crontabDefinition()));
    await kubectl.out('wait --for=condition=Established crd/crontabs.stable.example.com --timeout=5s');
    expect(await kubectl.out('get ct')).toBe('');
  });
});
