export {
  TerminalError,
  type IndexFunction,
  type Informer,
  type InformerEvent,
  type Key,
  type Lister,
  type ReconcileResult,
  type Reconciler,
} from './contract.ts';
