import { afterAll, describe, expect, it } from 'vitest';
import {
  controllerRevisions,
  cronJobs,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  daemonSets,
  deviceClasses,
  jobs,
  leases,
  limitRanges,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  priorityClasses,
  replicationControllers,
  resourceClaims,
  resourceClaimTemplates,
  resourceQuotas,
  resourceSlices,
  runtimeClasses,
  statefulSets,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
} from '../../src/apis/index.ts';
import { startTestApiServer } from '../harness/api-server.ts';
import { hasKubectl, kubectlFor } from '../harness/kubectl.ts';

const resources = [
  controllerRevisions,
  cronJobs,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  daemonSets,
  deviceClasses,
  jobs,
  leases,
  limitRanges,
  namespaces,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  priorityClasses,
  replicationControllers,
  resourceClaims,
  resourceClaimTemplates,
  resourceQuotas,
  resourceSlices,
  runtimeClasses,
  statefulSets,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
];

const template = 'template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i}]}}';
const request = '{name: gpu, exactly: {deviceClassName: gpu}}';

/** A manifest without its name, and the lines that `kubectl get` and `get -o wide` show of it. */
const KINDS: readonly (readonly [plural: string, manifest: string, header: RegExp, row: RegExp])[] = [
  [
    'persistentvolumes',
    `apiVersion: v1
kind: PersistentVolume
spec: {capacity: {storage: 1024Mi}, accessModes: [ReadWriteMany, ReadWriteOnce], hostPath: {path: /data}, storageClassName: fast}`,
    /^NAME +CAPACITY +ACCESS MODES +RECLAIM POLICY +STATUS +CLAIM +STORAGECLASS +VOLUMEATTRIBUTESCLASS +REASON +AGE +VOLUMEMODE$/,
    /^a +1Gi +RWO,RWX +Retain +Pending +fast +<unset> +\d+s +Filesystem$/,
  ],
  [
    'persistentvolumeclaims',
    `apiVersion: v1
kind: PersistentVolumeClaim
spec: {resources: {requests: {storage: 1Gi}}, accessModes: [ReadWriteOnce]}`,
    /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE +VOLUMEMODE$/,
    /^a +Pending +<unset> +\d+s +Filesystem$/,
  ],
  [
    'replicationcontrollers',
    `apiVersion: v1
kind: ReplicationController
spec: {${template}}`,
    /^NAME +DESIRED +CURRENT +READY +AGE +CONTAINERS +IMAGES +SELECTOR$/,
    /^a +1 +0 +0 +\d+s +c +i +app=a$/,
  ],
  [
    'podtemplates',
    `apiVersion: v1
kind: PodTemplate
${template}`,
    /^NAME +CONTAINERS +IMAGES +POD LABELS$/,
    /^a +c +i +app=a$/,
  ],
  [
    'limitranges',
    `apiVersion: v1
kind: LimitRange
spec: {limits: [{type: Container, max: {cpu: "2"}, default: {cpu: "1"}}]}`,
    /^NAME +CREATED AT$/,
    /^a +\d{4}-\d\d-\d\dT/,
  ],
  [
    'resourcequotas',
    `apiVersion: v1
kind: ResourceQuota
spec: {hard: {pods: "4", limits.cpu: "2"}}`,
    /^NAME +REQUEST +LIMIT +AGE$/,
    /^a +\d+s$/,
  ],
  [
    'controllerrevisions',
    `apiVersion: apps/v1
kind: ControllerRevision
data: {spec: {}}
revision: 3`,
    /^NAME +CONTROLLER +REVISION +AGE$/,
    /^a +<none> +3 +\d+s$/,
  ],
  [
    'storageclasses',
    `apiVersion: storage.k8s.io/v1
kind: StorageClass
provisioner: example.com/disk`,
    /^NAME +PROVISIONER +RECLAIMPOLICY +VOLUMEBINDINGMODE +ALLOWVOLUMEEXPANSION +AGE$/,
    /^a +example.com\/disk +Delete +Immediate +false +\d+s$/,
  ],
  [
    'volumeattachments',
    `apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
spec: {attacher: disk.example.com, nodeName: n1, source: {persistentVolumeName: pv}}`,
    /^NAME +ATTACHER +PV +NODE +ATTACHED +AGE$/,
    /^a +disk.example.com +pv +n1 +false +\d+s$/,
  ],
  [
    'csidrivers',
    `apiVersion: storage.k8s.io/v1
kind: CSIDriver
spec: {}`,
    /^NAME +ATTACHREQUIRED +PODINFOONMOUNT +STORAGECAPACITY +TOKENREQUESTS +REQUIRESREPUBLISH +MODES +AGE$/,
    /^a +true +false +false +<unset> +false +Persistent +\d+s$/,
  ],
  [
    'csinodes',
    `apiVersion: storage.k8s.io/v1
kind: CSINode
spec: {drivers: [{name: disk.example.com, nodeID: n1}]}`,
    /^NAME +DRIVERS +AGE$/,
    /^a +1 +\d+s$/,
  ],
  [
    'csistoragecapacities',
    `apiVersion: storage.k8s.io/v1
kind: CSIStorageCapacity
storageClassName: fast
capacity: 1024Gi`,
    /^NAME +STORAGECLASSNAME +CAPACITY$/,
    /^a +fast +1Ti$/,
  ],
  [
    'volumeattributesclasses',
    `apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
driverName: disk.example.com
parameters: {iops: "3"}`,
    /^NAME +DRIVERNAME +AGE$/,
    /^a +disk.example.com +\d+s$/,
  ],
  [
    'priorityclasses',
    `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
value: 5`,
    /^NAME +VALUE +GLOBAL-DEFAULT +AGE +PREEMPTIONPOLICY$/,
    /^a +5 +false +\d+s +PreemptLowerPriority$/,
  ],
  [
    'runtimeclasses',
    `apiVersion: node.k8s.io/v1
kind: RuntimeClass
handler: runc`,
    /^NAME +HANDLER +AGE$/,
    /^a +runc +\d+s$/,
  ],
  [
    'deviceclasses',
    `apiVersion: resource.k8s.io/v1
kind: DeviceClass
spec: {selectors: [{cel: {expression: "true"}}]}`,
    /^NAME +AGE$/,
    /^a +\d+s$/,
  ],
  [
    'resourceclaims',
    `apiVersion: resource.k8s.io/v1
kind: ResourceClaim
spec: {devices: {requests: [${request}]}}`,
    /^NAME +STATE +AGE$/,
    /^a +pending +\d+s$/,
  ],
  [
    'resourceclaimtemplates',
    `apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
spec: {spec: {devices: {requests: [${request}]}}}`,
    /^NAME +AGE$/,
    /^a +\d+s$/,
  ],
  [
    'resourceslices',
    `apiVersion: resource.k8s.io/v1
kind: ResourceSlice
spec: {driver: gpu.example.com, nodeName: n1, pool: {name: p, generation: 1, resourceSliceCount: 1}}`,
    /^NAME +NODE +DRIVER +POOL +AGE$/,
    /^a +n1 +gpu.example.com +p +\d+s$/,
  ],
];

describe.skipIf(!hasKubectl())('kinds that are stored for others to read', async () => {
  const api = await startTestApiServer({ listen: true, resources });
  const kubectl = await kubectlFor(api);
  afterAll(async () => {
    await kubectl[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it.each(KINDS)('%s are created, shown and explained', async (plural, manifest, header, row) => {
    const created = await kubectl.run(['create', '-f', '-'], `${manifest}\nmetadata: {name: a}\n`);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const [first = '', second = ''] = (await kubectl.out(`get ${plural} -o wide`))
      .split('\n')
      .map((line) => line.trim());
    expect(first).toMatch(header);
    expect(second).toMatch(row);
    expect(await kubectl.out(`explain ${plural}`)).toMatch(/FIELDS:/);
  });

  it.each([
    ['create quota q --hard=cpu=1,pods=2 --scopes=NotBestEffort', 'resourcequota/q created'],
    ['create priorityclass high --value=1000', 'priorityclass.scheduling.k8s.io/high created'],
    ['create job j --image=i', 'job.batch/j created'],
    ['create cronjob c --image=i --schedule=@daily', 'cronjob.batch/c created'],
    ['scale rc a --replicas=3', 'replicationcontroller/a scaled'],
    ['patch pvc a --subresource=status -p {"status":{"phase":"Bound","capacity":{"storage":"1Gi"}}}', 'patched'],
    ['patch pvc a -p {"spec":{"resources":{"requests":{"storage":"2Gi"}}}}', 'patched'],
  ])('kubectl %s', async (line, answer) => {
    expect(await kubectl.out(line)).toContain(answer);
  });

  it.each([
    [
      'patch pvc a -p {"spec":{"accessModes":["ReadOnlyMany"]}}',
      'spec is immutable after creation except resources.requests',
    ],
    [
      'patch pv a -p {"spec":{"hostPath":{"path":"/other"}}}',
      'spec.persistentvolumesource is immutable after creation',
    ],
    ['patch storageclass a -p {"provisioner":"b.c/d"}', 'updates to provisioner are forbidden.'],
    ['patch priorityclass a -p {"value":6}', 'value: Forbidden: may not be changed in an update.'],
    ['create cronjob d --image=i --schedule=61 * * * *', 'end of range (61) above maximum (59): 61'],
  ])('kubectl %s is refused', async (line, message) => {
    const words = line.split(/ (?=-|[a-z])/);
    const { code, stderr } = await kubectl.run(words);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  it('a pod is given a container for debugging, and more CPU', async () => {
    await kubectl.out('run web --image=nginx --restart=Never');
    await kubectl.out('debug web --image=busybox --container=look --attach=false --quiet');
    const resize = '{"spec":{"containers":[{"name":"web","resources":{"requests":{"memory":"1Mi"}}}]}}';
    const refused = await kubectl.run(['patch', 'pod', 'web', '--subresource=resize', '-p', resize]);
    expect(refused.stderr).toContain('Pod QOS Class may not change as a result of resizing');
    const names = 'jsonpath={.spec.ephemeralContainers[*].name}/{.spec.containers[*].name}';
    expect(await kubectl.out(`get pod web -o ${names}`)).toBe('look/web');
  });
});
