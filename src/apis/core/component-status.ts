import { statusError } from '../../apimachinery/index.ts';
import type { ReadSource, ResourceDefinition } from '../../apiserver/index.ts';
import { nameColumn } from '../columns.ts';
import { unread, withReads } from '../compose.ts';
import type { ComponentCondition, ComponentStatus } from '../generated/wire-types.ts';

/** Whether the parts of a control plane are well. */
export const componentStatuses: ResourceDefinition<ComponentStatus> = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  schema: 'k8s.io/api/core/v1.ComponentStatus',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  verbs: ['get', 'list'],
  strategy: {},
  read: unread({ kind: 'ComponentStatus' }),
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Whether it is well.',
      value: (status) => {
        const healthy = healthOf(status)?.status;
        return healthy === undefined ? 'Unknown' : healthy === 'True' ? 'Healthy' : 'Unhealthy';
      },
    },
    {
      name: 'Message',
      type: 'string',
      description: 'What it says of itself.',
      value: (status) => healthOf(status)?.message ?? '',
    },
    {
      name: 'Error',
      type: 'string',
      description: 'Why it could not be asked.',
      value: (status) => healthOf(status)?.error ?? '',
    },
  ],
};

/** By name of a component. Throws, or rejects, while it is not well. */
export type ComponentChecks = Readonly<Record<string, () => unknown>>;

/** The definition with components that are looked at whenever somebody asks. */
export function checkedComponents(checks: ComponentChecks): ResourceDefinition<ComponentStatus> {
  const source: ReadSource<ComponentStatus> = {
    get: async ({ name }) => {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) throw statusError(500, 'Unknown', `Component not found: ${name}`);
      return statusOf(name, check);
    },
    list: () => Promise.all(Object.entries(checks).map(([name, check]) => statusOf(name, check))),
  };
  return withReads(componentStatuses, source);
}

async function statusOf(name: string, check: () => unknown): Promise<ComponentStatus> {
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name }, conditions: [await conditionOf(check)] };
}

async function conditionOf(check: () => unknown): Promise<ComponentCondition> {
  try {
    await check();
    return { type: 'Healthy', status: 'True', message: 'ok' };
  } catch (err) {
    return { type: 'Healthy', status: 'False', message: err instanceof Error ? err.message : String(err) };
  }
}

function healthOf({ conditions = [] }: ComponentStatus): ComponentCondition | undefined {
  return conditions.find(({ type }) => type === 'Healthy');
}
