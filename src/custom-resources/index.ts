export { customResources, type CustomResourceDeps } from './assemble.ts';
export { customResourceSchemas } from './definition-admission.ts';
