export { customResources, type CustomResourceDeps } from './assemble.ts';
