import { forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { Lifecycle, LifecycleHandler } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';
import { validateHandler } from './probe-validation.ts';

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'sleep'] as const;

export function validateLifecycle(
  field: string,
  { postStart, preStop }: Sent<Lifecycle>,
  graceSeconds: number,
): readonly FieldError[] {
  return Object.entries({ postStart, preStop }).flatMap(([name, handler]) =>
    handler === undefined ? [] : validateHook(`${field}.${name}`, handler, graceSeconds),
  );
}

function validateHook(field: string, hook: Sent<LifecycleHandler>, graceSeconds: number): readonly FieldError[] {
  const given = HANDLERS.filter((handler) => hook[handler] !== undefined);
  const seconds = hook.sleep?.seconds ?? 0;
  const why = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [
    ...(given.length === 0 ? [required(field, 'must specify a handler type')] : []),
    ...given.slice(1).map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type')),
    ...validateHandler(field, hook),
    ...(hook.sleep !== undefined && (seconds < 0 || seconds > graceSeconds)
      ? [invalidValue(`${field}.sleep`, seconds, why)]
      : []),
  ];
}
