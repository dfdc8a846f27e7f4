import type { TypePackage } from '../type-package.ts';
import { groupVersionOf } from './group-version.ts';

type Packages = Readonly<Record<string, TypePackage>>;

/** A field by its name, in the form that the generator writes; `undefined`: there was none. */
type FieldChanges = Readonly<Record<string, string | undefined>>;

/** A type of a version that is gone: that of its successor, but for some fields. */
interface LegacyType {
  /** `apps.Deployment`: the successor's type by the name of its package in the tables. */
  readonly of: string;
  /** Of the same name when absent. */
  readonly name?: string;
  readonly fields?: FieldChanges;
}

const same = (...types: readonly string[]): readonly LegacyType[] => types.map((of) => ({ of }));

const selector = (number: number) => ({ selector: `selector ${number} meta.LabelSelector op` });
const ownSpec = (kind: string, required = '') => ({ spec: `spec 2 .${kind}Spec${required}` });

const rollbackTo = { rollbackTo: 'rollbackTo 8 .RollbackConfig op' };
const rollback: LegacyType = {
  of: 'apps.RollingUpdateDeployment',
  name: 'RollbackConfig',
  fields: { maxUnavailable: undefined, maxSurge: undefined, revision: 'revision 1 l o' },
};

/** Selectors may be left out in these: the labels of the pods stand for them. */
const deployment: readonly LegacyType[] = [
  { of: 'apps.Deployment', fields: ownSpec('Deployment') },
  { of: 'apps.DeploymentSpec', fields: { ...selector(2), ...rollbackTo } },
  rollback,
];

function statefulSet(kind: string): readonly LegacyType[] {
  return [
    { of: 'apps.StatefulSet', name: kind, fields: ownSpec(kind) },
    { of: 'apps.StatefulSetSpec', name: `${kind}Spec`, fields: selector(2) },
  ];
}

const ingress: readonly LegacyType[] = [
  { of: 'networking.Ingress', fields: ownSpec('Ingress') },
  {
    of: 'networking.IngressSpec',
    fields: {
      defaultBackend: undefined,
      backend: 'backend 1 .IngressBackend op',
      rules: 'rules 3 [.IngressRule o l=atomic',
    },
  },
  { of: 'networking.IngressRule', fields: { '': ' 2 .IngressRuleValue n' } },
  { of: 'networking.IngressRuleValue', fields: { http: 'http 1 .HTTPIngressRuleValue op' } },
  { of: 'networking.HTTPIngressRuleValue', fields: { paths: 'paths 1 [.HTTPIngressPath r l=atomic' } },
  {
    of: 'networking.HTTPIngressPath',
    fields: { pathType: 'pathType 3 s op', backend: 'backend 2 .IngressBackend r' },
  },
  {
    of: 'networking.IngressBackend',
    fields: { service: undefined, serviceName: 'serviceName 1 s o', servicePort: 'servicePort 2 I o' },
  },
];

/** By version; lists are made beside. */
const TYPES: Readonly<Record<string, readonly LegacyType[]>> = {
  'extensions/v1beta1': [
    ...deployment,
    { of: 'apps.ReplicaSet', fields: ownSpec('ReplicaSet') },
    { of: 'apps.ReplicaSetSpec', fields: selector(3) },
    { of: 'apps.DaemonSet', fields: ownSpec('DaemonSet') },
    {
      of: 'apps.DaemonSetSpec',
      fields: { ...selector(1), templateGeneration: 'templateGeneration 5 l o' },
    },
    { of: 'batch.Job', fields: ownSpec('Job') },
    { of: 'batch.JobSpec', fields: { manualSelector: undefined, autoSelector: 'autoSelector 5 b op' } },
    ...ingress,
    ...same('networking.NetworkPolicy'),
  ],
  'apps/v1alpha1': statefulSet('PetSet'),
  'apps/v1beta1': [...deployment, ...statefulSet('StatefulSet'), ...same('apps.ControllerRevision')],
  'apps/v1beta2': same(
    'apps.Deployment',
    'apps.ReplicaSet',
    'apps.DaemonSet',
    'apps.StatefulSet',
    'apps.ControllerRevision',
  ),
  'batch/v1beta1': same('batch.CronJob'),
  'batch/v2alpha1': [...same('batch.CronJob'), { of: 'batch.CronJob', name: 'ScheduledJob' }],
  'policy/v1beta1': [
    { of: 'policy.PodDisruptionBudget', fields: ownSpec('PodDisruptionBudget') },
    { of: 'policy.PodDisruptionBudgetSpec', fields: selector(2) },
    ...same('policy.Eviction'),
  ],
  'networking.k8s.io/v1beta1': [...ingress, ...same('networking.IngressClass')],
  'rbac.authorization.k8s.io/v1beta1': same(
    'rbac.Role',
    'rbac.ClusterRole',
    'rbac.RoleBinding',
    'rbac.ClusterRoleBinding',
  ),
  'rbac.authorization.k8s.io/v1alpha1': [
    ...same('rbac.Role', 'rbac.ClusterRole'),
    { of: 'rbac.RoleBinding', fields: { subjects: 'subjects 2 [.Subject o l=atomic' } },
    { of: 'rbac.ClusterRoleBinding', fields: { subjects: 'subjects 2 [.Subject o l=atomic' } },
    { of: 'rbac.Subject', fields: { apiGroup: undefined, apiVersion: 'apiVersion 2 s o' } },
  ],
  'autoscaling/v2beta1': [
    {
      of: 'autoscaling-v2.HorizontalPodAutoscaler',
      fields: {
        ...ownSpec('HorizontalPodAutoscaler', ' r'),
        status: 'status 3 .HorizontalPodAutoscalerStatus',
      },
    },
    {
      of: 'autoscaling-v2.HorizontalPodAutoscalerSpec',
      fields: { metrics: 'metrics 4 [autoscaling.MetricSpec o l=atomic', behavior: undefined },
    },
    {
      of: 'autoscaling-v2.HorizontalPodAutoscalerStatus',
      fields: { currentMetrics: 'currentMetrics 5 [autoscaling.MetricStatus  l=atomic' },
    },
  ],
  'autoscaling/v2beta2': same('autoscaling-v2.HorizontalPodAutoscaler'),
  'storage.k8s.io/v1beta1': same(
    'storage.StorageClass',
    'storage.VolumeAttachment',
    'storage.CSIDriver',
    'storage.CSINode',
    'storage.CSIStorageCapacity',
  ),
  'discovery.k8s.io/v1beta1': [
    { of: 'discovery.EndpointSlice', fields: { endpoints: 'endpoints 2 [.Endpoint  l=atomic' } },
    {
      of: 'discovery.Endpoint',
      fields: { deprecatedTopology: undefined, zone: undefined, topology: 'topology 5 {s o' },
    },
  ],
  'events.k8s.io/v1beta1': same('events.Event'),
  'coordination.k8s.io/v1beta1': same('coordination.Lease'),
  'scheduling.k8s.io/v1beta1': same('scheduling.PriorityClass'),
  'scheduling.k8s.io/v1alpha1': same('scheduling.PriorityClass'),
};

/** The path of the types of a version, as those of Kubernetes' own are called: `k8s.io/api/rbac/v1beta1`. */
export function legacyTypePath(apiVersion: string): string {
  const { group, version } = groupVersionOf(apiVersion);
  return `k8s.io/api/${group.split('.')[0] ?? ''}/${version}`;
}

/** The types of versions that are gone, made of those of their successors; by alias, as `packages` is. */
export function legacyTypePackages(packages: Packages): Packages {
  return Object.fromEntries(
    Object.entries(TYPES).map(([apiVersion, types]): [string, TypePackage] => {
      const made = types.flatMap((type) => typesOf(type, packages));
      return [
        apiVersion,
        { path: legacyTypePath(apiVersion), ...groupVersionOf(apiVersion), types: Object.fromEntries(made) },
      ];
    }),
  );
}

function typesOf({ of, name, fields = {} }: LegacyType, packages: Packages): readonly (readonly [string, string])[] {
  const [alias = '', modern = ''] = of.split('.');
  const text = packages[alias]?.types[modern];
  if (text === undefined) throw new TypeError(`API tables: no type is called ${of}`);
  const own = name ?? modern;
  const type = [own, changed(qualified(text, alias), fields)] as const;
  return text.startsWith('!') ? [type, [`${own}List`, `!metadata 1 meta.ListMeta;items 2 [.${own} r`]] : [type];
}

/** What the successor's package calls by a name alone needs the package's name anywhere else. */
function qualified(text: string, alias: string): string {
  return text.replaceAll(/(?<=[ [{])\.(?=[A-Z])/g, `${alias}.`);
}

function changed(text: string, changes: FieldChanges): string {
  const [, marks = '', encoded = ''] = /^([!@]*)(.*)$/.exec(text) ?? [];
  const names = (field: string) => field.split(' ')[0] ?? '';
  const kept = encoded.split(';').flatMap((field) => {
    const name = names(field);
    return name in changes ? (changes[name] ?? []) : field;
  });
  const known = new Set(encoded.split(';').map(names));
  const added = Object.entries(changes).flatMap(([name, field]) => (known.has(name) ? [] : (field ?? [])));
  return `${marks}${[...kept, ...added].join(';')}`;
}
