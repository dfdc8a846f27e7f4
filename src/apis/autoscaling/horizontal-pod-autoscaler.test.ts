import { expect, it } from 'vitest';
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts';

const { strategy } = horizontalPodAutoscalers;

function autoscaler(spec: object) {
  const object = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 3, ...spec },
  };
  // @NOTE what a client may send; the rules are asked what they say to it.
  return object as never;
}

function problemsOf(spec: object): readonly string[] {
  const object = autoscaler(spec);
  const complete = strategy.defaults?.(object) ?? object;
  return (strategy.validate?.(complete) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

const cpu = (target: object) => ({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
const external = (target: object) => ({ metrics: [{ type: 'External', external: { metric: { name: 'q' }, target } }] });

it('leaves what lacks a spec to the rules', () => {
  // @NOTE what a client may send.
  const object = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } } as never;
  expect(strategy.defaults?.(object)).toMatchObject({ spec: { minReplicas: 1 } });
});

it('gives the usual speed where only one direction is said', () => {
  const complete = strategy.defaults?.(autoscaler({ behavior: { scaleDown: { selectPolicy: 'Disabled' } } }));
  expect(complete?.spec.behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Disabled', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  });
});

it.each([
  {},
  cpu({ type: 'Utilization', averageUtilization: 50 }),
  external({ type: 'Value', value: '30' }),
  {
    metrics: [{ type: 'Pods', pods: { metric: { name: 'p' }, target: { type: 'AverageValue', averageValue: '1k' } } }],
  },
  { behavior: { scaleUp: { stabilizationWindowSeconds: 3600 } } },
])('takes %j', (spec) => {
  expect(problemsOf(spec)).toEqual([]);
});

it.each([
  [cpu({ type: 'Utilization' }), 'target.averageUtilization: Required value: must set either a target raw value'],
  [cpu({ type: 'Half', averageUtilization: 0 }), 'type: Invalid value: "Half": must be either Utilization, Value, or'],
  [cpu({ type: 'Utilization', averageUtilization: 0 }), 'averageUtilization: Invalid value: 0: must be greater than 0'],
  [
    cpu({ type: 'Utilization', averageUtilization: 1, averageValue: '1' }),
    'averageValue: Forbidden: may not set both a target raw value and a target utilization',
  ],
  [
    external({ type: 'Value', value: '0' }),
    'spec.metrics[0].external.target.value: Invalid value: "0": must be positive',
  ],
  [{ metrics: [{ type: 'Pods' }] }, 'spec.metrics[0].pods: Required value: must populate information for the given'],
  [{ metrics: [{ type: 'Moon' }] }, 'spec.metrics[0].type: Unsupported value: "Moon"'],
  [{ scaleTargetRef: { kind: 'Deployment' } }, 'spec.scaleTargetRef.name: Required value'],
  [
    { behavior: { scaleUp: { stabilizationWindowSeconds: 3601 } } },
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
  ],
  [{ behavior: { scaleDown: { policies: [] } } }, 'policies: Required value: must specify at least one Policy'],
  [
    { behavior: { scaleDown: { policies: [{ type: 'Pods', value: 0, periodSeconds: 1 }] } } },
    'policies[0].value: Invalid value: 0: must be greater than zero',
  ],
  [
    { scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'a/b/c' } },
    'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
  ],
  [
    {
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: { name: 'cpu', container: 'A', target: { type: 'AverageValue', averageValue: '1' } },
        },
      ],
    },
    'spec.metrics[0].containerResource.container: Invalid value: "A": a lowercase RFC 1123 label must consist of',
  ],
  [cpu({ averageUtilization: 50 }), 'target.type: Required value: must specify a metric target type'],
  [
    { metrics: [{ ...cpu({ type: 'Utilization', averageUtilization: 50 }).metrics[0], pods: {} }] },
    'spec.metrics[0].pods: Forbidden: must populate the given metric source only',
  ],
  [
    { behavior: { scaleUp: { tolerance: '-0.1' } } },
    'spec.behavior.scaleUp.tolerance: Invalid value: "-0.1": must be greater than or equal to 0',
  ],
])('refuses %j', (spec, problem) => {
  expect(problemsOf(spec).join('\n')).toContain(problem);
});

it('asks for the source that the type names, and says no more of the only one that is there', () => {
  const [metric] = cpu({ type: 'Utilization', averageUtilization: 50 }).metrics;
  expect(problemsOf({ metrics: [{ ...metric, type: 'Pods' }] })).toEqual([
    'spec.metrics[0].pods: Required value: must populate information for the given metric source',
  ]);
});

it('counts no fewer than no replicas in its status', () => {
  const [subresource] = horizontalPodAutoscalers.subresources ?? [];
  if (subresource?.type !== 'status') throw new TypeError('an autoscaler has a status');
  // @NOTE what a client may send.
  const object = { ...(autoscaler({}) as object), status: { currentReplicas: -1, desiredReplicas: 0 } } as never;
  expect(subresource.validateUpdate?.(object, object)).toMatchObject([
    { field: 'status.currentReplicas', message: 'Invalid value: -1: must be greater than or equal to 0' },
  ]);
});

it('names the group of what it scales, unless it never did', () => {
  const grouped = autoscaler({});
  const groupless = autoscaler({ scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'v1' } });
  const refused = [
    {
      field: 'spec.scaleTargetRef.apiVersion',
      message: 'Invalid value: "v1": apiVersion must specify API group',
    },
  ];
  expect(strategy.validate?.(groupless)).toMatchObject(refused);
  expect(strategy.validate?.(groupless, grouped)).toMatchObject(refused);
  expect(strategy.validate?.(groupless, groupless)).toEqual([]);
  expect(strategy.validate?.(autoscaler({ scaleTargetRef: { kind: 'ReplicationController', name: 'a' } }))).toEqual([]);
});
