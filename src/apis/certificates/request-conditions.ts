import {
  deepEqual,
  duplicate,
  forbiddenField,
  formatTime,
  invalidValue,
  required,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { WriteContext } from '../../apiserver/index.ts';
import { requiredOneOf } from '../field-rules.ts';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../generated/wire-types.ts';
import type { Sent } from '../sent.ts';

type Conditions = readonly Sent<CertificateSigningRequestCondition>[];

const FIELD = 'status.conditions';
/** Conditions that are never taken back, and so are never `False`. */
const FINAL = ['Approved', 'Denied', 'Failed'];
const DECISIONS = ['Approved', 'Denied'];

export function conditionsOf({ status }: CertificateSigningRequest): Conditions {
  return status?.conditions ?? [];
}

export function validateConditions(conditions: Conditions): readonly FieldError[] {
  const types = conditions.map(({ type = '' }) => type);
  return conditions.flatMap(({ type = '', status }, index) => {
    const field = `${FIELD}[${index}]`;
    const before = types.slice(0, index);
    const contradicts = DECISIONS.includes(type) && before.some((other) => other !== type && DECISIONS.includes(other));
    return [
      ...(type === '' ? [required(`${field}.type`)] : []),
      ...requiredOneOf(`${field}.status`, status, FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown']),
      ...(contradicts
        ? [invalidValue(`${field}.type`, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(before.includes(type) ? [duplicate(`${field}.type`, type)] : []),
    ];
  });
}

/** What is decided or has failed stays so; only those who approve may decide. */
export function validateConditionsUpdate(
  conditions: Conditions,
  old: Conditions,
  mayDecide: boolean,
): readonly FieldError[] {
  return FINAL.flatMap((type) => {
    const now = ofType(conditions, type);
    const before = ofType(old, type);
    const change = mayDecide || !DECISIONS.includes(type) ? undefined : decisionChange(now, before);
    const verb = now.length < before.length ? 'remove' : change;
    return verb === undefined
      ? []
      : [forbiddenField(FIELD, `updates may not ${verb} a condition of type ${JSON.stringify(type)}`)];
  });
}

function decisionChange(now: Conditions, before: Conditions): string | undefined {
  if (now.length > before.length) return 'add';
  return deepEqual(now, before) ? undefined : 'modify';
}

function ofType(conditions: Conditions, wanted: string): Conditions {
  return conditions.filter(({ type }) => type === wanted);
}

/** Fills in when conditions were written and when they last changed. */
export function withConditionTimes(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { now }: WriteContext,
): CertificateSigningRequest {
  const { status } = request;
  if (status?.conditions === undefined) return request;
  const time = formatTime(now);
  const conditions = status.conditions.map((condition) => {
    const before = conditionsOf(old).find(
      ({ type, status: value }) => type === condition.type && value === condition.status,
    );
    const lastTransitionTime = condition.lastTransitionTime ?? before?.lastTransitionTime ?? time;
    return { ...condition, lastUpdateTime: condition.lastUpdateTime ?? time, lastTransitionTime };
  });
  return { ...request, status: { ...status, conditions } };
}
