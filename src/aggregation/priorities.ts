import type { APIServiceSpec } from '../apis/index.ts';

export type Priority = Pick<APIServiceSpec, 'groupPriorityMinimum' | 'versionPriority'>;

/** Of what is defined by users. */
const CUSTOM: Priority = { groupPriorityMinimum: 1000, versionPriority: 100 };

const GROUPS: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'resource.k8s.io': 15_900,
};

const VERSIONS: Readonly<Record<string, number>> = { '/v1': 1, 'autoscaling/v2': 30 };
const STABLE = 15;
const OTHER = 9;

/** Where a local group and its version stand among the others, as upstream has them. */
export function priorityOf(group: string, version: string): Priority {
  const groupPriorityMinimum = GROUPS[group];
  if (groupPriorityMinimum === undefined) return CUSTOM;
  const versionPriority = VERSIONS[`${group}/${version}`] ?? (/^v\d+$/.test(version) ? STABLE : OTHER);
  return { groupPriorityMinimum, versionPriority };
}
