import { forbiddenField, invalidValue, portNameProblems, required, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, selectorText } from '../columns.ts';
import { broken, invalidBy, oneOf, validLabelSelector, validPort } from '../field-rules.ts';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { isStrictSubset, parseCidr, validateCidr } from './cidr.ts';

const TYPES = ['Egress', 'Ingress'];

export const networkPolicies: ResourceDefinition<NetworkPolicy> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  schema: 'k8s.io/api/networking/v1.NetworkPolicy',
  strategy: { defaults, validate: (policy) => validateSpec(sent(policy).spec ?? {}) },
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector',
      type: 'string',
      description: 'Pods that it is about.',
      value: ({ spec }) => selectorText(spec?.podSelector ?? {}),
    },
    ageColumn,
  ],
};

function defaults(policy: NetworkPolicy): NetworkPolicy {
  const { spec = {} } = policy;
  const { ingress, egress, policyTypes = [] } = spec;
  const implied = (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    ...policy,
    spec: {
      podSelector: {},
      ...spec,
      ...(ingress === undefined ? {} : { ingress: ingress.map(portDefaults) }),
      ...(egress === undefined ? {} : { egress: egress.map(portDefaults) }),
      policyTypes: policyTypes.length === 0 ? implied : policyTypes,
    },
  };
}

function portDefaults<R extends { readonly ports?: readonly NetworkPolicyPort[] }>(rule: R): R {
  if (rule.ports === undefined) return rule;
  return { ...rule, ports: rule.ports.map((port) => ({ protocol: 'TCP', ...port })) };
}

function validateSpec({ podSelector, ingress = [], egress = [], policyTypes = [] }: Sent<NetworkPolicySpec>) {
  return [
    ...validLabelSelector('spec.podSelector', podSelector),
    ...ingress.flatMap(({ ports = [], from = [] }, index) => [
      ...validatePorts(`spec.ingress[${index}]`, ports),
      ...validatePeers(`spec.ingress[${index}].from`, from),
    ]),
    ...egress.flatMap(({ ports = [], to = [] }, index) => [
      ...validatePorts(`spec.egress[${index}]`, ports),
      ...validatePeers(`spec.egress[${index}].to`, to),
    ]),
    ...(policyTypes.length > TYPES.length
      ? [invalidValue('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')]
      : policyTypes.flatMap((type, index) => oneOf(`spec.policyTypes[${index}]`, type, TYPES))),
  ];
}

function validatePorts(rule: string, ports: readonly Sent<NetworkPolicyPort>[]): readonly FieldError[] {
  return ports.flatMap(({ protocol, port, endPort }, index) => {
    const field = `${rule}.ports[${index}]`;
    return [
      ...oneOf(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
      ...(typeof port === 'string' ? invalidBy(`${field}.port`, port, portNameProblems(port)) : []),
      ...(typeof port === 'number' ? validPort(`${field}.port`, port) : []),
      ...(endPort === undefined ? [] : validateEnd(`${field}.endPort`, endPort, port)),
    ];
  });
}

function validateEnd(field: string, endPort: number, port: number | string | undefined): readonly FieldError[] {
  if (typeof port !== 'number') {
    const why = port === undefined ? 'not specified' : 'non-numeric';
    return [invalidValue(field, endPort, `may not be specified when \`port\` is ${why}`)];
  }
  return [
    ...broken([endPort < port, invalidValue(field, endPort, 'must be greater than or equal to `port`')]),
    ...validPort(field, endPort),
  ];
}

function validatePeers(field: string, peers: readonly Sent<NetworkPolicyPeer>[]): readonly FieldError[] {
  return peers.flatMap((peer, index) => validatePeer(`${field}[${index}]`, peer));
}

function validatePeer(
  field: string,
  { podSelector, namespaceSelector, ipBlock }: Sent<NetworkPolicyPeer>,
): readonly FieldError[] {
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  return [
    ...validLabelSelector(`${field}.podSelector`, podSelector),
    ...validLabelSelector(`${field}.namespaceSelector`, namespaceSelector),
    ...(ipBlock === undefined ? [] : validateBlock(`${field}.ipBlock`, ipBlock)),
    ...broken(
      [!hasSelector && ipBlock === undefined, required(field, 'must specify a peer')],
      [hasSelector && ipBlock !== undefined, forbiddenField(field, 'may not specify both ipBlock and another peer')],
    ),
  ];
}

function validateBlock(field: string, { cidr = '', except = [] }: Sent<IPBlock>): readonly FieldError[] {
  if (cidr === '') return [required(`${field}.cidr`)];
  const outer = parseCidr(cidr);
  return [
    ...validateCidr(`${field}.cidr`, cidr),
    ...except.flatMap((text, index) => {
      const where = `${field}.except[${index}]`;
      const inner = parseCidr(text);
      if (inner === undefined || outer === undefined) return validateCidr(where, text);
      return broken([!isStrictSubset(inner, outer), invalidValue(where, text, 'must be a strict subset of `cidr`')]);
    }),
  ];
}
