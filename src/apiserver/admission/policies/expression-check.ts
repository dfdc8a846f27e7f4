import { deepEqual, invalid, isObject, type FieldError, type KubeObject } from '../../../apimachinery/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../admission.ts';
import { isExempt } from '../matching/exempt.ts';

/**
 * Refuses policies and webhooks with expressions that do not compile. What is stored stays as it is: a change that
 * leaves all expressions alone is not held up by a fault in them.
 */
export const expressionCheck: AdmissionPlugin = {
  name: 'AdmissionExpressions',
  handles: (request) => isExempt(request) && request.operation !== 'DELETE' && hasExpressions(request),
  async validate({ object, oldObject, resource, name }) {
    if (object === undefined || (oldObject !== undefined && isSameContent(object, oldObject))) return;
    const problems = await problemsOf(resource.plural, object);
    if (problems.length > 0) throw invalid(resource, name, problems);
  },
};

function hasExpressions({ resource, subresource }: AdmissionRequest): boolean {
  return subresource === undefined && !resource.plural.endsWith('bindings');
}

async function problemsOf(plural: string, object: KubeObject): Promise<readonly FieldError[]> {
  const found = await import('./expression-problems.ts');
  switch (plural) {
    case 'validatingadmissionpolicies':
      return found.problemsOfValidatingPolicy(object);
    case 'mutatingadmissionpolicies':
      return found.problemsOfMutatingPolicy(object);
    default:
      return found.problemsOfWebhooks(object);
  }
}

function isSameContent(a: KubeObject, b: KubeObject): boolean {
  return ['spec', 'webhooks'].every((field) => deepEqual(contentOf(a, field), contentOf(b, field)));
}

function contentOf(object: KubeObject, field: string): unknown {
  return isObject(object) ? object[field] : undefined;
}
