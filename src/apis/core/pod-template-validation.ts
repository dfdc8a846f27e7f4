import { validateAnnotations, validateLabels, type FieldError } from '../../apimachinery/index.ts';
import type { PodTemplateSpec } from '../generated/wire-types.ts';
import { validatePodSpec } from './pod-validation.ts';

export function validatePodTemplate(field: string, template: PodTemplateSpec | undefined): readonly FieldError[] {
  return [
    ...validateLabels(`${field}.metadata.labels`, template?.metadata?.labels),
    ...validateAnnotations(`${field}.metadata.annotations`, template?.metadata?.annotations),
    ...validatePodSpec(`${field}.spec`, template?.spec),
  ];
}
