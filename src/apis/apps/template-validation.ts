import {
  forbiddenField,
  invalidValue,
  labelSelectorOf,
  matchesLabels,
  notSupported,
  required,
  type FieldError,
  type LabelSelector,
} from '../../apimachinery/index.ts';
import { validatePodTemplate } from '../core/pod-template-validation.ts';
import { isEmptySelector, validLabelSelector } from '../field-rules.ts';
import type { PodTemplateSpec } from '../generated/wire-types.ts';

/** What workloads that run for ever ask of their selector and template. */
export interface Workload {
  /** As it is named in messages: `deployment`. */
  readonly noun: string;
  readonly selector: LabelSelector | undefined;
  readonly template: PodTemplateSpec | undefined;
}

/** The selector is there, says something, and finds the pods made of the template, which only a readable one may be held to. */
export function validateWorkload({ noun, selector, template }: Workload): readonly FieldError[] {
  const errors = validateSelector(noun, selector);
  const isBroken = selector !== undefined && !isEmptySelector(selector) && errors.length > 0;
  if (isBroken && noun !== 'daemonSet') {
    return [...errors, invalidValue('spec.selector', selector, 'invalid label selector')];
  }
  return [
    ...errors,
    ...validateTemplate(noun, template),
    ...(isBroken || selector === undefined ? [] : validateMatch(selector, template)),
  ];
}

function validateSelector(noun: string, selector: LabelSelector | undefined): readonly FieldError[] {
  const field = 'spec.selector';
  if (selector === undefined) return [required(field)];
  if (isEmptySelector(selector)) return [invalidValue(field, selector, `empty selector is invalid for ${noun}`)];
  return validLabelSelector(field, selector);
}

function validateTemplate(noun: string, template: PodTemplateSpec | undefined): readonly FieldError[] {
  const field = 'spec.template';
  const spec = template?.spec;
  const policy = spec?.restartPolicy;
  return [
    ...validatePodTemplate(field, template),
    ...(policy !== undefined && policy !== 'Always'
      ? [notSupported(`${field}.spec.restartPolicy`, policy, ['Always'])]
      : []),
    ...(spec?.activeDeadlineSeconds === undefined
      ? []
      : [
          forbiddenField(
            `${field}.spec.activeDeadlineSeconds`,
            `activeDeadlineSeconds in ${capitalised(noun)} is not Supported`,
          ),
        ]),
  ];
}

function validateMatch(selector: LabelSelector, template: PodTemplateSpec | undefined): readonly FieldError[] {
  if (isEmptySelector(selector)) return [];
  const labels = template?.metadata?.labels;
  if (matchesLabels(labelSelectorOf(selector), labels)) return [];
  const why = '`selector` does not match template `labels`';
  return [invalidValue('spec.template.metadata.labels', labels ?? {}, why)];
}

function capitalised(noun: string): string {
  return noun.charAt(0).toUpperCase() + noun.slice(1);
}
