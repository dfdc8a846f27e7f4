export type { ControllerSettings } from './controller-definition.ts';
export { buildMemberControllers } from './member-controllers.ts';
export { storageProtection } from './storage-protection/finalizers.ts';
