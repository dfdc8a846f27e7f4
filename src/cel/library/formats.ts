import {
  allowingPrefix,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelKeyProblems,
  labelValueProblems,
  parseTime,
  rfc1035LabelProblems,
} from '../../apimachinery/index.ts';
import { opaque, type CelType } from '../cel-type.ts';
import { noSuchOverload } from '../values/cel-error.ts';
import { CelList } from '../values/cel-list.ts';
import type { CelValue } from '../values/cel-value.ts';
import { Optional } from '../values/optional.ts';
import { overload, traversal, type Overload } from './overload.ts';
import * as receive from './receive.ts';
import { isUrl } from './url.ts';

type Problems = (text: string) => readonly string[];

class FormatValue {
  readonly celType: CelType = FORMAT_TYPE;
  readonly name: string;
  readonly problems: Problems;

  constructor(name: string, problems: Problems) {
    this.name = name;
    this.problems = problems;
  }

  equals(other: CelValue): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}

const FORMAT_TYPE = opaque('kubernetes.NamedFormat');
const F = 'kubernetes.NamedFormat';
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DATE = /^\d{4}-\d\d-\d\d$/;

const FORMATS: ReadonlyMap<string, FormatValue> = new Map(
  Object.entries<Problems>({
    dns1123Label: dnsLabelProblems,
    dns1123Subdomain: dnsSubdomainProblems,
    dns1035Label: rfc1035LabelProblems,
    qualifiedName: labelKeyProblems,
    dns1123LabelPrefix: prefixProblems(dnsLabelProblems),
    dns1123SubdomainPrefix: prefixProblems(dnsSubdomainProblems),
    dns1035LabelPrefix: prefixProblems(rfc1035LabelProblems),
    labelValue: labelValueProblems,
    uri: unless(isUrl, 'invalid URI for request'),
    uuid: unless((text) => UUID.test(text), 'does not match the UUID format'),
    byte: unless((text) => BASE64.test(text), 'invalid base64'),
    date: unless((text) => DATE.test(text) && !Number.isNaN(Date.parse(text)), 'invalid date'),
    datetime: unless((text) => parseTime(text) !== undefined, 'invalid datetime'),
  }).map(([name, problems]) => [name, new FormatValue(name, problems)]),
);

export const NAMED_FORMATS: readonly Overload[] = [
  ...[...FORMATS].map(([name, format]) => overload(`format.${name}`, `(): ${F}`, () => format)),
  overload('format.named', `(string): optional(${F})`, ([name]) => new Optional(FORMATS.get(receive.string(name)))),
  overload(
    'validate',
    `${F}.(string): optional(list(string))`,
    ([format, text]) => validate(format, receive.string(text)),
    {
      cost: ([, size = 0]) => traversal(size + 1) * 15,
    },
  ),
];

function prefixProblems(problems: Problems): Problems {
  const check = allowingPrefix((text) => problems(text));
  return (text) => check(text, true);
}

function validate(format: CelValue | undefined, text: string): Optional {
  if (!(format instanceof FormatValue)) throw noSuchOverload();
  const problems = format.problems(text);
  return problems.length === 0 ? new Optional() : new Optional(CelList.of([...problems]));
}

function unless(holds: (text: string) => boolean, problem: string): Problems {
  return (text) => (holds(text) ? [] : [problem]);
}
