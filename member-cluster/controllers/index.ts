export {
  buildController,
  type ControllerContext,
  type ControllerDefinition,
  type ControllerSettings,
} from './controller-definition.ts';
export { buildMemberControllers, memberControllers } from './member-controllers.ts';
