import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../apis/index.ts';

/** What a custom resource is called: by what has been accepted, and until then by what is wanted. */
export function namesOf({ spec, status }: CustomResourceDefinition): CustomResourceDefinitionNames {
  const accepted = status?.acceptedNames;
  return accepted === undefined || accepted.plural === '' ? spec.names : accepted;
}
