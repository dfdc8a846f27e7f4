import { isIPv6 } from 'node:net';
import { duplicate, forbiddenField, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import { broken } from '../field-rules.ts';
import type { Node } from '../generated/wire-types.ts';
import { validCidr } from './ip-validation.ts';
import { quantityProblems, readQuantity, type SentAmounts } from './quantities.ts';
import { isWholeNumber } from './resource-names.ts';
import { validateTaints } from './taint-validation.ts';

export function validateNode({ spec = {}, status }: Node): readonly FieldError[] {
  return [
    // Upstream looks for them below `metadata` when it names them.
    ...validateTaints('metadata.taints', spec.taints ?? []),
    ...validateAmounts('status.capacity', status?.capacity ?? {}),
    ...validateAmounts('status.allocatable', status?.allocatable ?? {}),
    ...validateCidrs(spec),
  ];
}

function validateAmounts(field: string, amounts: SentAmounts): readonly FieldError[] {
  return Object.entries(amounts).flatMap(([name, text = '']) => {
    const where = `${field}.${name}`;
    return [...quantityProblems(where, text), ...wholeNumber(where, name, text)];
  });
}

const ONE = 1_000_000_000n;

function wholeNumber(field: string, name: string, text: string): readonly FieldError[] {
  const quantity = readQuantity(text);
  if (typeof quantity === 'string' || !isWholeNumber(name)) return [];
  return broken([quantity.nanos % ONE !== 0n, invalidValue(field, text, 'must be an integer')]);
}

function validateCidrs({ podCIDR = '', podCIDRs = [] }: NonNullable<Node['spec']>): readonly FieldError[] {
  const field = 'spec.podCIDRs';
  const families = new Set(podCIDRs.map((cidr) => isIPv6(cidr.split('/')[0] ?? '')));
  return [
    ...podCIDRs.flatMap((cidr, index) => validCidr(`${field}[${index}]`, cidr)),
    ...broken(
      [
        podCIDR !== '' && podCIDRs[0] !== podCIDR,
        invalidValue(field, podCIDRs, 'must match `podCIDR` in its first value'),
      ],
      [
        families.size < podCIDRs.length,
        invalidValue(field, podCIDRs, 'may specify no more than one CIDR for each IP family'),
      ],
    ),
    ...podCIDRs.flatMap((cidr, index) =>
      podCIDRs.indexOf(cidr) < index ? [duplicate(`${field}[${index}]`, cidr)] : [],
    ),
  ];
}

export function validateNodeStatus(node: Node): readonly FieldError[] {
  return [...validateNode(node), ...validateNodeAddresses(node)];
}

export function validateNodeUpdate(node: Node, { spec: old = {} }: Node): readonly FieldError[] {
  const { spec = {} } = node;
  const { podCIDRs: cidrs = [] } = old;
  const { podCIDRs: next = [] } = spec;
  const unlike = cidrs.filter((cidr, index) => cidr !== next[index]).length;
  const changes = cidrs.length > 0 && cidrs.length !== next.length ? 1 : unlike;
  const why = (field: string) => `node updates may not change ${field} except from "" to valid`;
  return [
    ...validateNodeAddresses(node),
    ...Array.from({ length: changes }, () => forbiddenField('spec.podCIDRs', why('podCIDR'))),
    ...broken(
      [
        (old.providerID ?? '') !== '' && spec.providerID !== old.providerID,
        forbiddenField('spec.providerID', why('providerID')),
      ],
      [(spec.externalID ?? '') !== (old.externalID ?? ''), forbiddenField('spec.externalID', 'may not be updated')],
    ),
  ];
}

function validateNodeAddresses({ status }: Node): readonly FieldError[] {
  const { addresses = [] } = status ?? {};
  const keys = addresses.map(({ type, address }) => `${type} ${address}`);
  return addresses.flatMap(({ type, address }, index) =>
    keys.indexOf(keys[index] ?? '') < index
      ? [duplicate(`status.addresses[${index}]`, { Type: type, Address: address })]
      : [],
  );
}
