import { duplicate, forbiddenField, invalidValue, required, type FieldError } from '../../apimachinery/index.ts';
import type { Rule } from './compiled-rule.ts';

/** How messages call a rule. */
export function ruleText({ rule, message = '' }: Rule): string {
  return (message === '' ? rule : message).trim();
}

export function messageOrDefault(rule: Rule): string {
  return (rule.message ?? '') === '' ? `failed rule: ${ruleText(rule)}` : ruleText(rule);
}

/** Values are told of by their type: they may be large. */
export function brokenRule(field: string, type: string, detail: string, { reason }: Rule): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(field, detail);
    case 'FieldValueRequired':
      return required(field, detail);
    case 'FieldValueDuplicate':
      return duplicate(field, type);
    default:
      return invalidValue(field, type, detail);
  }
}
