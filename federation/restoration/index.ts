export { confirmRestoration, markRestored, readRestoration, RESTORED_MARK, type Restoration } from './restored-mark.ts';
export { heldCopies, type HeldCopies } from './held-copies.ts';
export { RemovalHold } from './removal-hold.ts';
export { restorationController } from './restoration-controller.ts';
