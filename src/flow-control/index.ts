export { informedFlowControl } from './informed-flow-control.ts';
export { flowSchemaStatus, type FlowSchemaStatusDeps } from './flow-schema-status.ts';
