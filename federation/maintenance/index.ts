export { cordon, restore } from './cordon.ts';
export { drain, type DrainOptions } from './drain.ts';
export { changeTaints, parseTaintChanges, TaintError } from './taints.ts';
