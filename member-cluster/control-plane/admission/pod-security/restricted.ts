import { containersText, distinct, quoted, settersText, violation, type Check, type CheckedPod } from './check.ts';
import type { Container } from './shapes.ts';

const VOLUMES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** From then on what only Linux has is not asked of pods of Windows. */
const WINDOWS_SINCE = 25;

/** Beside those of the baseline; in the order in which violations are named. */
export const restrictedChecks: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    since: 8,
    find: (pod) => {
      const bad = pod.containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
      if (bad.length === 0 || isWindows(pod)) return undefined;
      const detail = `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`;
      return violation('allowPrivilegeEscalation != false', detail);
    },
  },
  { id: 'capabilities_restricted', since: 22, replaces: 'capabilities', find: capabilities },
  { id: 'restrictedVolumes', replaces: 'hostPathVolumes', find: volumes },
  { id: 'runAsNonRoot', find: runAsNonRoot },
  {
    id: 'runAsUser',
    since: 23,
    find: ({ spec, containers }) => {
      const setters = settersText(
        spec.securityContext?.runAsUser === 0,
        containers.filter(({ securityContext }) => securityContext?.runAsUser === 0),
      );
      return setters === undefined ? undefined : violation('runAsUser=0', `${setters} must not set runAsUser=0`);
    },
  },
  { id: 'seccompProfile_restricted', since: 19, replaces: 'seccompProfile', find: seccompProfile },
];

function isWindows({ spec, minor }: CheckedPod): boolean {
  return minor >= WINDOWS_SINCE && spec.os?.name === 'windows';
}

function capabilities(pod: CheckedPod) {
  if (isWindows(pod)) return undefined;
  const added = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const keeping = pod.containers.filter(
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  );
  const adding = pod.containers.filter((container) => added(container).length > 0);
  const names = quoted(distinct(adding.flatMap(added)));
  const details = [
    ...(keeping.length === 0 ? [] : [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [`${containersText(adding)} must not include ${names} in securityContext.capabilities.add`]),
  ];
  return details.length === 0 ? undefined : violation('unrestricted capabilities', details.join('; '));
}

function volumes({ spec }: CheckedPod) {
  const typeOf = ({ name: _name, ...source }: NonNullable<typeof spec.volumes>[number]) =>
    Object.keys(source)[0] ?? 'emptyDir';
  const bad = (spec.volumes ?? []).filter((volume) => !VOLUMES.has(typeOf(volume)));
  if (bad.length === 0) return undefined;
  const types = distinct(bad.map(typeOf));
  const subject = `${bad.length === 1 ? 'volume' : 'volumes'} ${quoted(bad.map(({ name }) => name))}`;
  const object = `restricted volume ${types.length === 1 ? 'type' : 'types'} ${quoted(types)}`;
  return violation('restricted volume types', `${subject} ${bad.length === 1 ? 'uses' : 'use'} ${object}`);
}

function runAsNonRoot({ spec, containers }: CheckedPod) {
  const ofPod = spec.securityContext?.runAsNonRoot;
  const setters = settersText(
    ofPod === false,
    containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false),
  );
  const silent = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (setters !== undefined) {
    return violation('runAsNonRoot != true', `${setters} must not set securityContext.runAsNonRoot=false`);
  }
  if (ofPod === true || silent.length === 0) return undefined;
  const detail = `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`;
  return violation('runAsNonRoot != true', detail);
}

function seccompProfile(pod: CheckedPod) {
  if (isWindows(pod)) return undefined;
  const { spec, containers } = pod;
  const isGood = (type: string) => type === 'RuntimeDefault' || type === 'Localhost';
  const typeOf = ({ securityContext }: Pick<Container, 'securityContext'>) => securityContext?.seccompProfile?.type;
  const isBad = (type: string | undefined) => type !== undefined && !isGood(type);
  const ofPod = spec.securityContext?.seccompProfile?.type;
  const bad = containers.filter((container) => isBad(typeOf(container)));
  const setters = settersText(isBad(ofPod), bad);
  if (setters !== undefined) {
    const types = quoted(
      distinct([ofPod, ...bad.map(typeOf)].filter((type) => type !== undefined && isBad(type)).map(String)),
    );
    return violation('seccompProfile', `${setters} must not set securityContext.seccompProfile.type to ${types}`);
  }
  const silent = containers.filter((container) => typeOf(container) === undefined);
  if (ofPod !== undefined || silent.length === 0) return undefined;
  const detail = `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return violation('seccompProfile', detail);
}
