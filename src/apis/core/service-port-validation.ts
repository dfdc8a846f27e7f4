import {
  dnsLabelProblems,
  duplicate,
  forbiddenField,
  labelKeyProblems,
  portNameProblems,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import { invalidBy, PORTS, requiredOneOf, validPort, within } from '../field-rules.ts';
import type { ServicePort, ServiceSpec } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { isHeadless } from './service-type.ts';

type Port = Sent<ServicePort>;

export function validateServicePorts(spec: Sent<ServiceSpec>): readonly FieldError[] {
  const { ports = [], type } = spec;
  if (ports.length === 0) {
    return isHeadless(spec) || type === 'ExternalName' ? [] : [required('spec.ports')];
  }
  const several = ports.length > 1;
  return [
    ...ports.flatMap((port, index) => validatePort(`spec.ports[${index}]`, port, several)),
    ...duplicates(ports),
    ...(type === 'ClusterIP' ? nodePortsForbidden(ports) : []),
    ...duplicateNodePorts(ports),
  ];
}

function validatePort(field: string, port: Port, several: boolean): readonly FieldError[] {
  const { name = '', protocol, targetPort, appProtocol } = port;
  const unnamed = several ? [required(`${field}.name`)] : [];
  return [
    ...(name === '' ? unnamed : invalidBy(`${field}.name`, name, dnsLabelProblems(name))),
    ...validPort(`${field}.port`, port.port),
    ...requiredOneOf(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(typeof targetPort === 'string'
      ? invalidBy(`${field}.targetPort`, targetPort, portNameProblems(targetPort))
      : within(`${field}.targetPort`, targetPort, PORTS)),
    ...(appProtocol === undefined ? [] : invalidBy(`${field}.appProtocol`, appProtocol, labelKeyProblems(appProtocol))),
    ...within(`${field}.nodePort`, port.nodePort, [0, PORTS[1]]),
  ];
}

function duplicates(ports: readonly Port[]): readonly FieldError[] {
  const names = ports.map(({ name = '' }) => name);
  const numbers = ports.map(({ port = 0, protocol = '' }) => `${port}/${protocol}`);
  return ports.flatMap(({ name = '', port = 0, protocol = '' }, index) => [
    ...(name !== '' && names.indexOf(name) < index ? [duplicate(`spec.ports[${index}].name`, name)] : []),
    ...(numbers.indexOf(`${port}/${protocol}`) < index
      ? [duplicate(`spec.ports[${index}]`, keyOf(protocol, port))]
      : []),
  ]);
}

/** As upstream shows what two ports have in common: a whole port, empty but for that. */
function keyOf(protocol: string, port: number): object {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

function nodePortsForbidden(ports: readonly Port[]): readonly FieldError[] {
  return ports.flatMap(({ nodePort = 0 }, index) =>
    nodePort === 0
      ? []
      : [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")],
  );
}

/** One node port may serve two protocols, not two ports of one protocol. */
function duplicateNodePorts(ports: readonly Port[]): readonly FieldError[] {
  const used = new Set<string>();
  return ports.flatMap(({ nodePort = 0, protocol = '' }, index) => {
    const key = `${nodePort}/${protocol}`;
    if (nodePort === 0) return [];
    if (!used.has(key)) {
      used.add(key);
      return [];
    }
    return [duplicate(`spec.ports[${index}].nodePort`, nodePort)];
  });
}
