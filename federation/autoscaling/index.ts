export { autoscalingController, type AutoscalingDeps } from './autoscaling-controller.ts';
