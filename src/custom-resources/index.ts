export { createCustomResources, type CustomResources, type CustomResourcesDeps } from './custom-resources.ts';
export { customResourceDefinitionController, type DefinitionControllerDeps } from './definition-controller.ts';
