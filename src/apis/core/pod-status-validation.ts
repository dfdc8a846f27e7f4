import { isIPv4 } from 'node:net';
import { dnsSubdomainProblems, duplicate, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import { invalidBy } from '../field-rules.ts';
import type { Pod } from '../generated/wire-types.ts';
import { validIp } from './ip-validation.ts';

/** What may be said of a pod by those who report how it is. */
export function validatePodStatusUpdate({ status = {} }: Pod, old: Pod): readonly FieldError[] {
  const { nominatedNodeName = '' } = status;
  const isNominated = nominatedNodeName !== '' && nominatedNodeName !== old.status?.nominatedNodeName;
  return [
    ...(isNominated
      ? invalidBy('status.nominatedNodeName', nominatedNodeName, dnsSubdomainProblems(nominatedNodeName))
      : []),
    ...validateAddresses('status.podIPs', addressesOf(status.podIPs, status.podIP)),
    ...validateAddresses('status.hostIPs', addressesOf(status.hostIPs, undefined)),
  ];
}

interface Address {
  readonly ip?: string;
}

/** The one address is the first of all; who tells only that has told the list. */
function addressesOf(all: readonly Address[] = [], first = ''): readonly string[] {
  const [, ...others] = all;
  const head = first === '' ? all.slice(0, 1) : [{ ip: first }];
  return [...head, ...others].map(({ ip = '' }) => ip);
}

/** One of each family at most. */
function validateAddresses(field: string, addresses: readonly string[]): readonly FieldError[] {
  const errors = addresses.flatMap((address, index) => validIp(`${field}[${index}]`, address));
  if (addresses.length < 2 || errors.length > 0) return errors;
  const ofVersion4 = addresses.filter((address) => isIPv4(address)).length;
  const isDual = addresses.length === 2 && ofVersion4 === 1;
  return [
    ...(isDual ? [] : [invalidValue(field, addresses, 'may specify no more than one IP for each IP family')]),
    ...addresses.flatMap((address, index) =>
      addresses.indexOf(address) < index ? [duplicate(`${field}[${index}]`, { ip: address })] : [],
    ),
  ];
}
