/** What is loaded with the first definition: most clusters have none. */
export { webhookConverter } from './conversion/webhook-converter.ts';
export { customResource } from './custom-resource.ts';
