import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { nameProblem } from '../name.ts';
import type { NamedRecordType, RecordType } from '../record-set.ts';
import { certificationAuthorityText, parseCertificationAuthority } from './certification-authority.ts';
import { opaqueText, parseOpaqueData } from './opaque-data.ts';
import { parseServiceBinding, serviceBindingText } from './service-binding.ts';
import { textItem, textProblem, textStrings } from './text-strings.ts';
import { wholeNumber } from './whole-number.ts';

/** An item of data in the one form that it has, or what is wrong with it. */
type Formed = { readonly item: string } | { readonly problem: string };

export function formData(type: RecordType, item: string): Formed {
  return type in forms ? forms[type as NamedRecordType](item) : opaque(item); // @NOTE just found among the named ones
}

const forms: Readonly<Record<NamedRecordType, (item: string) => Formed>> = {
  A: (item) => (isIPv4(item) ? { item } : { problem: `${JSON.stringify(item)} is not an IPv4 address` }),
  AAAA: (item) =>
    isPlainIPv6(item)
      ? { item: ipaddr.IPv6.parse(item).toRFC5952String() }
      : { problem: `${JSON.stringify(item)} is not an IPv6 address` },
  CNAME: target,
  NS: target,
  PTR: target,
  TXT: (item) => {
    const problem = textProblem(item);
    if (problem !== undefined) return { problem };
    return { item: item.startsWith('"') ? textItem(textStrings(item)) : item };
  },
  SRV: (item) => numbersAndTarget(item, ['priority', 'weight', 'port']),
  MX: (item) => numbersAndTarget(item, ['preference']),
  CAA: (item) => {
    const parsed = parseCertificationAuthority(item);
    if (parsed === undefined) return { problem: `${JSON.stringify(item)} is not 'flags tag "value"'` };
    return { item: certificationAuthorityText(parsed) };
  },
  SVCB: serviceBinding,
  HTTPS: serviceBinding,
};

function target(item: string): Formed {
  const problem = nameProblem(item);
  return problem === undefined ? { item } : { problem };
}

/** `.` for the target is none at all (RFC 2782, RFC 7505). */
function numbersAndTarget(item: string, fields: readonly string[]): Formed {
  const words = item.split(' ');
  const numbers = words.slice(0, -1).map((word) => wholeNumber(word, 0xffff));
  if (numbers.length !== fields.length || numbers.includes(undefined)) {
    return { problem: `${JSON.stringify(item)} is not "${fields.join(' ')} target"` };
  }
  const name = words.at(-1) ?? '';
  const problem = name === '.' ? undefined : nameProblem(name);
  return problem === undefined ? { item: [...numbers, name].join(' ') } : { problem };
}

function serviceBinding(item: string): Formed {
  const parsed = parseServiceBinding(item);
  return typeof parsed === 'string' ? { problem: parsed } : { item: serviceBindingText(parsed) };
}

function opaque(item: string): Formed {
  const bytes = parseOpaqueData(item);
  if (bytes === undefined) return { problem: `${JSON.stringify(item)} is not "\\# length hex"` };
  return { item: opaqueText(bytes) };
}

/** A zone index (`fe80::1%eth0`) means nothing to others. */
const isPlainIPv6 = (item: string) => !item.includes('%') && ipaddr.IPv6.isValid(item);
