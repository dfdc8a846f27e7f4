import type { Annotate } from '../../audit/annotations.ts';
import { goJson } from '../../audit/go-json.ts';
import type { AdmissionRequest } from '../../admission.ts';
import type { Invocation } from './invocations.ts';
import type { ValidatingPolicy } from './shapes.ts';
import type { Objection } from './validate.ts';

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';
const MAX_VALUE_BYTES = 10 * 1024;

/** What policies say of one request: a key of one policy may get a value from each of its bindings. */
export class PolicyAnnotations {
  readonly #values = new Map<string, Set<string>>();

  add(policy: string, key: string, value: string): void {
    const full = `${policy}/${key}`;
    const values = this.#values.get(full) ?? new Set();
    this.#values.set(full, values.add(shortened(value)));
  }

  publish(annotate: Annotate): void {
    for (const [key, values] of this.#values) annotate(key, [...values].join(', '));
  }
}

/** For bindings that want failures in the audit log. Of several failures the first is shown, as Kubernetes does. */
export function noteFailure(
  { policy, binding }: Invocation<ValidatingPolicy>,
  { message, index }: Objection,
  { annotate }: AdmissionRequest,
): void {
  const failure = {
    message,
    policy: policy.metadata.name ?? '',
    binding: binding.metadata.name ?? '',
    expressionIndex: index,
    validationActions: binding.spec?.validationActions ?? [],
  };
  annotate(FAILURE, goJson([failure]));
}

function shortened(value: string): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= MAX_VALUE_BYTES) return value;
  // Not in the middle of a character.
  let end = MAX_VALUE_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
