import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../../src/apis/index.ts';
import { MAX_ENDPOINTS, planSlices, type PortGroup } from './slice-plan.ts';

const http = [{ name: 'http', protocol: 'TCP', port: 80 }];

const endpoint = (number: number, ready = true): Endpoint => ({
  addresses: [`10.0.${number >> 8}.${number & 255}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', uid: String(number) },
});

function slice(name: string, endpoints: readonly Endpoint[], ports = http): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
}

/** What there is after a plan was carried out. */
function carriedOut(present: readonly EndpointSlice[], groups: readonly PortGroup[]): readonly EndpointSlice[] {
  const { create, update, remove } = planSlices(present, groups);
  const kept = present
    .filter((each) => !remove.includes(each))
    .map((each) => update.find(({ metadata }) => metadata.name === each.metadata.name) ?? each);
  return [
    ...kept,
    ...create.map(({ endpoints, ports }, index) => slice(`new-${index}`, endpoints, [...ports] as typeof http)),
  ];
}

it('keeps one empty slice for a Service without endpoints', () => {
  expect(planSlices([], [])).toEqual({ create: [{ ports: [], endpoints: [] }], update: [], remove: [] });
});

it('changes nothing when everything is as wanted', () => {
  const present = [slice('a', [endpoint(1), endpoint(2)])];
  const plan = planSlices(present, [{ ports: http, endpoints: [endpoint(2), endpoint(1)] }]);
  expect(plan).toEqual({ create: [], update: [], remove: [] });
});

it('changes only the slice of the endpoint that changed', () => {
  const present = [slice('a', [endpoint(1)]), slice('b', [endpoint(2)])];
  const plan = planSlices(present, [{ ports: http, endpoints: [endpoint(1), endpoint(2, false)] }]);
  expect(plan.update.map(({ metadata }) => metadata.name)).toEqual(['b']);
  expect([plan.create, plan.remove]).toEqual([[], []]);
});

it('replaces the slices of ports that the Service has no more', () => {
  const old = slice('a', [endpoint(1)], [{ name: 'http', protocol: 'TCP', port: 8080 }]);
  const plan = planSlices([old], [{ ports: http, endpoints: [endpoint(1)] }]);
  expect(plan).toEqual({ create: [{ ports: http, endpoints: [endpoint(1)] }], update: [], remove: [old] });
});

it('holds exactly what is wanted, in slices that are not too long, whatever there was', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 350 });
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 4 }), numbers, (present, wanted) => {
      const slices = present.map((each, index) =>
        slice(
          `s-${index}`,
          each.slice(0, MAX_ENDPOINTS).map((n) => endpoint(n, false)),
        ),
      );
      const groups = wanted.length === 0 ? [] : [{ ports: http, endpoints: wanted.map((number) => endpoint(number)) }];
      const after = carriedOut(slices, groups);
      const held = after.flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => Number(targetRef?.uid)));
      expect(held.toSorted((a, b) => a - b)).toEqual(wanted.toSorted((a, b) => a - b));
      expect(after.every(({ endpoints = [] }) => endpoints.length <= MAX_ENDPOINTS)).toBe(true);
      expect(after.length).toBeGreaterThan(0);
      const again = planSlices(after, groups);
      expect([again.create, again.update, again.remove]).toEqual([[], [], []]);
    }),
    { numRuns: 60 },
  );
});
