import { groupResource, type KubeObject } from '../../../../src/apimachinery/index.ts';
import type { CronJob, CronJobSpec, Deployment, JobSpec, Pod, PodTemplate } from '../../../../src/apis/index.ts';
import type { AdmissionRequest } from '../../../../src/apiserver/index.ts';
import type { ObjectMeta, PodSpec } from './shapes.ts';

export interface PodLike {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
}

const WITH_TEMPLATE: ReadonlySet<string> = new Set([
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'replicationcontrollers',
]);

/** The pod that is written, or that would be made of what is written. */
export function podIn({
  resource,
  subresource = '',
  operation,
  object,
  oldObject,
}: AdmissionRequest): PodLike | undefined {
  if (object === undefined || operation === 'DELETE') return undefined;
  const name = groupResource(resource);
  if (name === 'pods') {
    const isChange = operation === 'UPDATE' && (subresource !== '' || !changesContainers(object, oldObject));
    if (isChange && subresource !== 'ephemeralcontainers') return undefined;
    return operation === 'CREATE' && subresource !== '' ? undefined : complete(object);
  }
  return subresource === '' ? complete(templateIn(name, object)) : undefined;
}

function templateIn(name: string, object: KubeObject): Partial<PodLike> | undefined {
  // @NOTE the resource names the type of its objects.
  if (WITH_TEMPLATE.has(name)) return (object as Deployment).spec?.template;
  if (name === 'podtemplates') return (object as PodTemplate).template;
  if (name === 'cronjobs.batch') return jobIn((object as Partial<CronJob>).spec)?.template;
  return undefined;
}

/** What a client sends may lack anything. */
function jobIn(spec: Partial<CronJobSpec> | undefined): Partial<JobSpec> | undefined {
  return spec?.jobTemplate?.spec;
}

function complete(pod: Partial<PodLike> | undefined): PodLike | undefined {
  const { metadata = {}, spec } = pod ?? {};
  return spec === undefined ? undefined : { metadata, spec };
}

/** Of a pod that is there hardly anything can change but its images. */
function changesContainers(object: KubeObject & Pick<Pod, 'spec'>, old: (KubeObject & Pick<Pod, 'spec'>) | undefined) {
  const images = ({ spec }: Pick<Pod, 'spec'>) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, image = '' }) => `${name} ${image}`);
  return old === undefined || images(object).join('\n') !== images(old).join('\n');
}
