import { dnsLabelProblems, validateLabels, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { canonicalAmounts, quantityProblems } from '../core/quantities.ts';
import { validateTolerations } from '../core/toleration-validation.ts';
import { definedOnly, immutable, invalidBy } from '../field-rules.ts';
import type { RuntimeClass } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';

export const runtimeClasses: ResourceDefinition<RuntimeClass> = {
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  namespaced: false,
  schema: 'k8s.io/api/node/v1.RuntimeClass',
  strategy: {
    createOnUpdate: true,
    requireResourceVersion: true,
    defaults: (object) =>
      object.overhead?.podFixed === undefined
        ? object
        : { ...object, overhead: { podFixed: canonicalAmounts(object.overhead.podFixed) } },
    validate,
    validateUpdate: (object, old) => immutable('handler', object.handler, old.handler),
  },
  columns: [
    nameColumn,
    {
      name: 'Handler',
      type: 'string',
      description: 'What runs the pods.',
      value: (object) => sent(object).handler ?? '',
    },
    ageColumn,
  ],
};

function validate(object: RuntimeClass): readonly FieldError[] {
  const { handler = '', overhead, scheduling } = sent(object);
  return [
    ...invalidBy('handler', handler, dnsLabelProblems(handler)),
    ...Object.entries(overhead?.podFixed ?? {}).flatMap(([name, text = '']) =>
      quantityProblems(`overhead.podFixed[${name}]`, text),
    ),
    ...validateLabels('scheduling.nodeSelector', definedOnly(scheduling?.nodeSelector)),
    ...validateTolerations('scheduling.tolerations', scheduling?.tolerations ?? []),
  ];
}
