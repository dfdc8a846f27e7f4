import { itRuns, type Command } from './command-table.ts';
import { judgedByKubectl } from './judged.ts';

/** Definitions are of the whole cluster: each judge has a group of its own. */
const definition = (description: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.$NS.example.com}
spec:
  group: $NS.example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget, shortNames: [gg-$NS], categories: [all-$NS]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}
    additionalPrinterColumns:
    - {name: Colour, type: string, jsonPath: .spec.colour}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            description: ${description}
            type: object
            required: [colour]
            properties:
              colour: {type: string, enum: [red, blue]}
              count: {type: integer, minimum: 0, default: 1}
              parts: {type: array, items: {type: object, properties: {name: {type: string}, size: {type: integer}}}}
          status: {type: object, properties: {count: {type: integer}, phase: {type: string}}}
`;

const gadget = (name: string, spec: string) => `
apiVersion: $NS.example.com/v1
kind: Gadget
metadata: {name: ${name}}
spec: ${spec}
`;

const resource = 'gadgets.$NS.example.com';

const defined: readonly Command[] = [
  { line: 'create -f -', stdin: definition('What a gadget is.'), out: /gadgets\S+ created/ },
  { line: `wait crd/${resource} --for=condition=Established --timeout=15s`, out: 'condition met' },
  { line: 'api-resources --api-group=$NS.example.com -o name', out: /^gadgets\./m },
  { line: 'get crd', out: /^NAME +CREATED AT\n[^]*gadgets\.v1-/ },
  { line: 'explain gg-$NS.spec', out: /What a gadget is\./, eventually: true },
  { line: `get ${resource}`, err: 'No resources found' },
];

const used: readonly Command[] = [
  { line: 'create -f -', stdin: gadget('one', '{colour: red}'), out: /gadget\S+one created/ },
  { line: 'create -f -', stdin: gadget('bad', '{colour: green}'), code: 1, err: /Unsupported value: "green"/ },
  {
    line: 'create -f -',
    stdin: gadget('bad', '{count: 2}'),
    code: 1,
    err: /spec\.colour|missing required field "colour"/,
  },
  {
    line: 'create -f -',
    stdin: gadget('bad', '{colour: red, size: 1}'),
    code: 1,
    err: /unknown field "(spec\.)?size"/,
  },
  { line: 'apply -f -', stdin: gadget('two', '{colour: red, parts: [{name: a, size: 1}]}'), out: 'created' },
  { line: 'apply -f -', stdin: gadget('two', '{colour: red, parts: [{name: a, size: 1}]}'), out: 'unchanged' },
  { line: 'diff -f -', stdin: gadget('two', '{colour: blue}'), code: 1, out: /^\+ +colour: blue$/m },
  { line: 'apply -f -', stdin: gadget('two', '{colour: blue, parts: [{name: b}]}'), out: 'configured' },
  { line: 'get gg-$NS two -o jsonpath={.spec}', out: '{"colour":"blue","count":1,"parts":[{"name":"b"}]}' },
  { line: `get ${resource}`, out: /^NAME +COLOUR\s*\none +red\s*\ntwo +blue\s*\n$/ },
  { line: 'get all-$NS -o name', out: /^gadget\S+\/one\ngadget\S+\/two\n$/ },
  { line: 'describe gg-$NS two', out: /Kind: +Gadget[^]*Colour: +blue/ },
  { line: `patch gg-$NS one --type=merge -p '{"spec":{"colour":"blue"}}'`, out: 'patched' },
  {
    line: `patch gg-$NS one -p '{"spec":{"colour":"red"}}'`,
    code: 1,
    err: /UnsupportedMediaType|strategic merge patch is not supported|strategic-merge-patch\+json is not supported/,
  },
  { line: `patch gg-$NS one --type=json -p '[{"op":"remove","path":"/spec/colour"}]'`, code: 1, err: /Required value/ },
  { line: 'label gg-$NS one tier=gold', out: 'labeled' },
  { line: 'get gg-$NS -l tier=gold -o name', out: /^gadget\S+\/one\n$/ },
  { line: 'scale --replicas=3 gg-$NS/one', out: 'scaled' },
  { line: 'get gg-$NS one -o jsonpath={.spec.count}', out: /^3$/ },
  {
    line: `patch gg-$NS one --subresource=status --type=merge -p '{"status":{"phase":"Done"}}'`,
    out: 'patched',
    since: 24,
  },
  { line: 'wait gg-$NS/one --for=jsonpath={.status.phase}=Done --timeout=10s', out: 'condition met', since: 24 },
  { line: 'apply --server-side -f -', stdin: gadget('three', '{colour: red}'), out: 'serverside-applied' },
  { line: 'replace -f -', stdin: gadget('three', '{colour: blue, count: 4}'), out: 'replaced' },
  { line: 'delete gg-$NS three', out: 'deleted' },
];

const undefinedAgain: readonly Command[] = [
  {
    line: 'apply --server-side --force-conflicts -f -',
    stdin: definition('Something else.'),
    out: 'serverside-applied',
  },
  { line: 'explain gg-$NS.spec', out: /Something else\./, eventually: true },
  { line: `delete crd ${resource}`, out: 'deleted' },
  { line: `get ${resource}`, code: 1, err: /doesn't have a resource type|could not find the requested resource/ },
];

judgedByKubectl('custom resources', (version, judge) => {
  itRuns([...defined, ...used, ...undefinedAgain], version, judge);
});
