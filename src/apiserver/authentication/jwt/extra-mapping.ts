import { duplicate, invalidValue, required, type FieldError } from '../../../apimachinery/index.ts';
import type { Claims } from './claims.ts';
import type { ClaimMappings } from './configuration.ts';
import { compiled, textsOf, within, type Mapping, type MappingDeps } from './mapping.ts';

type Extra = Readonly<Record<string, readonly string[]>>;

const RESERVED = /(?:^|\.)(?:kubernetes|k8s)\.io$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
const MAX_DOMAIN = 253;

/** What else a user has, by keys such as `example.org/team`. */
export function extraOf(mappings: NonNullable<ClaimMappings['extra']>, at: string, deps: MappingDeps): Mapping<Extra> {
  const seen = new Set<string>();
  const known = mappings.flatMap(({ key = '', valueExpression = '' }, index) => {
    const field = `${at}[${index}]`;
    for (const fault of keyFaults(key, `${field}.key`)) deps.report(fault);
    if (seen.has(key)) deps.report(duplicate(`${field}.key`, key));
    seen.add(key);
    if (valueExpression === '') deps.report(required(`${field}.valueExpression`));
    const evaluate = valueExpression === '' ? undefined : compiled(valueExpression, `${field}.valueExpression`, deps);
    if (evaluate === undefined) return [];
    const what = `oidc: error evaluating extra claim expression: ${valueExpression}`;
    return [{ key, values: within(what, (claims: Claims) => textsOf(evaluate(claims))) }];
  });
  return (claims) =>
    Object.fromEntries(
      known.flatMap(({ key, values }) => {
        const found = values(claims);
        return found.length === 0 ? [] : [[key, found]];
      }),
    );
}

function* keyFaults(key: string, at: string): Generator<FieldError> {
  if (key === '') {
    yield required(at);
    return;
  }
  const slash = key.indexOf('/');
  const [domain, path] = [key.slice(0, slash), key.slice(slash + 1)];
  if (slash <= 0 || path === '') {
    yield invalidValue(at, key, 'must be a domain-prefixed path (such as "acme.io/foo")');
  } else {
    if (domain.length > MAX_DOMAIN || !SUBDOMAIN.test(domain.toLowerCase())) {
      yield invalidValue(at, domain, 'the domain before the slash must be a lowercase RFC 1123 subdomain');
    }
    if (!PATH.test(path)) yield invalidValue(at, path, `Invalid path (regex used for validation is '${PATH.source}')`);
  }
  if (key !== key.toLowerCase()) yield invalidValue(at, key, 'must be lowercase');
  if (slash > 0 && RESERVED.test(domain)) {
    yield invalidValue(at, key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use');
  }
}
