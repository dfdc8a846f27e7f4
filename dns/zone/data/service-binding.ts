import { nameProblem } from '../name.ts';
import { withoutQuotes, wordsOf } from './character-string.ts';
import { parameterBytes, parameterKey, parameterName, parameterText } from './service-parameters.ts';
import { wholeNumber } from './whole-number.ts';

/** SVCB and HTTPS data (RFC 9460 §2). */
export interface ServiceBinding {
  /** 0 makes an alias of it. */
  readonly priority: number;
  /** `.` is the owner itself, of an alias: nothing. */
  readonly target: string;
  /** By key, each once: as the wire has them. */
  readonly parameters: readonly { readonly key: number; readonly value: Uint8Array }[];
}

const MANDATORY = 0;
const ALPN = 1;
const NO_DEFAULT_ALPN = 2;

/** From `priority target key=value …`, in any order; a text says what is wrong. */
export function parseServiceBinding(item: string): ServiceBinding | string {
  const [priorityText = '', target = '', ...words] = wordsOf(item) ?? [];
  const priority = wholeNumber(priorityText, 0xffff);
  if (priority === undefined || target === '') return `${JSON.stringify(item)} is not "priority target key=value …"`;
  const problem = target === '.' ? undefined : nameProblem(target);
  if (problem !== undefined) return problem;
  const parameters: { key: number; value: Buffer }[] = [];
  for (const word of words) {
    const parameter = parseParameter(word);
    if (parameter === undefined) return `${JSON.stringify(word)} is no parameter of a service binding`;
    parameters.push(parameter);
  }
  parameters.sort((a, b) => a.key - b.key);
  return parametersProblem(priority, parameters) ?? { priority, target, parameters };
}

/** In its one form. Throws `RangeError` where a value cannot be one of its key. */
export function serviceBindingText({ priority, target, parameters }: ServiceBinding): string {
  const words = parameters.map(({ key, value }) => {
    const text = parameterText(key, Buffer.from(value));
    if (text === undefined) throw new RangeError(`not a value of the parameter ${parameterName(key)}`);
    return text === '' ? parameterName(key) : `${parameterName(key)}=${text}`;
  });
  return [priority, target, ...words].join(' ');
}

function parseParameter(word: string): { key: number; value: Buffer } | undefined {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const key = parameterKey(name);
  const text = equals < 0 ? '' : withoutQuotes(word.slice(equals + 1));
  const value = key === undefined || text === undefined ? undefined : parameterBytes(name, text);
  if (key === undefined || value === undefined || parameterText(key, value) === undefined) return undefined;
  return { key, value };
}

/** RFC 9460 §2.2, §2.4.2, §7.1.1, §8. */
function parametersProblem(priority: number, parameters: ServiceBinding['parameters']): string | undefined {
  const keys = new Set(parameters.map(({ key }) => key));
  if (priority === 0 && parameters.length > 0)
    return 'a service binding of priority 0 is an alias and has no parameters';
  if (keys.size < parameters.length) return 'a service binding has a parameter twice';
  if (keys.has(NO_DEFAULT_ALPN) && !keys.has(ALPN)) return 'no-default-alpn says nothing without alpn';
  const mandatory = Buffer.from(parameters.find(({ key }) => key === MANDATORY)?.value ?? []);
  for (let at = 0; at < mandatory.length; at += 2) {
    const key = mandatory.readUInt16BE(at);
    if (!keys.has(key)) return `${parameterName(key)} is mandatory and not there`;
  }
  return undefined;
}
