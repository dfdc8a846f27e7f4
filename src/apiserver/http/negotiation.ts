import { statusError, type StatusError } from '../../apimachinery/index.ts';

/** The form of an answer that a client asked for. */
export interface Representation {
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata';
  /** Of `meta.k8s.io`, where `as` is not `object`. */
  readonly version: 'v1' | 'v1beta1';
  readonly format: 'json' | 'yaml';
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const ANSWERED = ['application/json', 'application/yaml'];
const STREAMED = ['application/json', 'application/json;stream=watch'];
const PLAIN: Representation = { as: 'object', version: 'v1', format: 'json' };
const ANY = new Set(['*/*', 'application/*', 'application/json']);
const YAML = new Set(['application/yaml', 'text/yaml']);

/** What an answer can be beside one JSON object. */
export interface Forms {
  readonly tables?: boolean;
  /** Events one after the other: JSON only. */
  readonly streams?: boolean;
}

/** The first form in the client's order that there is. Throws 406 when there is none. */
export function negotiate(accept = '', forms: Forms = {}): Representation {
  if (accept === '' || accept === '*/*' || accept === 'application/json') return PLAIN;
  for (const range of mediaRanges(accept)) {
    const found = representationOf(range);
    if (found !== undefined && isOffered(found, forms)) return found;
  }
  throw notAcceptable(forms.streams === true ? STREAMED : ANSWERED);
}

function isOffered({ as, format }: Representation, { tables = true, streams = false }: Forms): boolean {
  return (tables || as === 'object') && (!streams || format === 'json');
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return statusError(406, 'NotAcceptable', message);
}

/** In the order of preference: by `q`, then as they stand. */
export function mediaRanges(accept: string): readonly MediaRange[] {
  const ranges = accept.split(',').map((part) => {
    const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
    const pairs = rest.map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2);
      return [name.trim(), value.trim()] as const;
    });
    return { type: type.toLowerCase(), parameters: new Map(pairs) };
  });
  const quality = ({ parameters }: MediaRange) => Number(parameters.get('q') ?? 1);
  return ranges.filter((range) => quality(range) > 0).sort((a, b) => quality(b) - quality(a));
}

function representationOf({ type, parameters }: MediaRange): Representation | undefined {
  const format = ANY.has(type) ? 'json' : YAML.has(type) ? 'yaml' : undefined;
  if (format === undefined) return undefined;
  const as = parameters.get('as');
  if (as === undefined) return { ...PLAIN, format };
  const version = parameters.get('v');
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { as, version, format };
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { as: 'PartialObjectMetadata', version, format };
  }
  return undefined;
}
