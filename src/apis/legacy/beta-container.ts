import { canonicalQuantity } from '../../apimachinery/index.ts';
import { at, fieldsOf, isEmpty, listOf, numberText, present, textOf, type Fields } from './fields.ts';

/** Containers, volumes and pods as v1beta1 and v1beta2 wrote them, in 2014. */

/** `PullIfNotPresent` and the like. */
function pullPolicy(policy: unknown): string | undefined {
  const text = textOf(policy);
  return text === '' ? undefined : text.replace(/^Pull(?=[A-Z])/, '');
}

function probe(value: unknown): Fields | undefined {
  if (value === undefined) return undefined;
  const { type: _type, ...rest } = fieldsOf(value);
  return rest;
}

/** As servers write it, so that whoever applies it again changes nothing. */
function bytesText(memory: unknown): string {
  const text = numberText(memory);
  return /^\d+$/.test(text) ? canonicalQuantity(text) : text;
}

/** Memory was a number of bytes, and CPU one of thousandths. */
function resources({ memory, cpu, resources: given }: Fields): Fields | undefined {
  if (given !== undefined) return fieldsOf(given);
  const limits = present({
    memory: memory === undefined || memory === 0 ? undefined : bytesText(memory),
    cpu: cpu === undefined || cpu === 0 ? undefined : `${numberText(cpu)}m`,
  });
  return isEmpty(limits) ? undefined : { limits };
}

function securityContext({ privileged, capabilities, securityContext: given }: Fields): Fields | undefined {
  const own = present({ privileged: privileged === true ? true : undefined, capabilities });
  return given === undefined && isEmpty(own) ? undefined : { ...own, ...fieldsOf(given) };
}

const MOVED = ['command', 'entrypoint', 'memory', 'cpu', 'resources', 'privileged', 'capabilities', 'securityContext'];

/** What the image runs was its entrypoint; `command` was what that got to read. */
export function containerFromBeta(container: Fields): Fields {
  const { command, entrypoint, env, volumeMounts, livenessProbe, readinessProbe, imagePullPolicy, ...rest } = container;
  return present({
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !MOVED.includes(name))),
    command: entrypoint,
    args: command,
    env:
      env === undefined
        ? undefined
        : listOf(env).map(({ key, ...each }) => ({ ...(key === undefined ? {} : { name: key }), ...each })),
    volumeMounts:
      volumeMounts === undefined
        ? undefined
        : listOf(volumeMounts).map(({ path, mountType: _mountType, ...mount }) =>
            present({ mountPath: path, ...mount }),
          ),
    livenessProbe: probe(livenessProbe),
    readinessProbe: probe(readinessProbe),
    imagePullPolicy: pullPolicy(imagePullPolicy),
    resources: resources(container),
    securityContext: securityContext(container),
  });
}

const SOURCES: Readonly<Record<string, string>> = { hostDir: 'hostPath', persistentDisk: 'gcePersistentDisk' };

function volumeFromBeta({ name, source }: Fields): Fields {
  const sources = Object.entries(present(fieldsOf(source))).map(([kind, value]): [string, unknown] => {
    if (kind === 'secret') return [kind, { secretName: at(value, 'target', 'name') ?? at(value, 'target', 'id') }];
    return [SOURCES[kind] ?? kind, value];
  });
  return { name, ...Object.fromEntries(sources) };
}

/** The one field that is set tells. */
function restartPolicy(policy: unknown): string | undefined {
  const [name] = Object.keys(present(fieldsOf(policy)));
  return name === undefined ? undefined : name.charAt(0).toUpperCase() + name.slice(1);
}

export interface BetaPod {
  readonly desiredState: unknown;
  readonly nodeSelector: unknown;
}

export function podSpecFromBeta({ desiredState, nodeSelector }: BetaPod): Fields {
  const { manifest, host } = fieldsOf(desiredState);
  const {
    id: _id,
    uuid: _uuid,
    version: _version,
    containers,
    volumes,
    restartPolicy: policy,
    ...rest
  } = fieldsOf(manifest);
  return present({
    ...rest,
    containers: listOf(containers).map(containerFromBeta),
    volumes: volumes === undefined || volumes === null ? undefined : listOf(volumes).map(volumeFromBeta),
    restartPolicy: restartPolicy(policy),
    nodeSelector,
    nodeName: host === '' ? undefined : host,
  });
}
