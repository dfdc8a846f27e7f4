export { confirmRestoration, markRestored, readRestoration, type Restoration } from './restored-mark.ts';
export { heldCopies, type HeldCopies } from './held-copies.ts';
export { RemovalHold } from './removal-hold.ts';
export { restorationController } from './restoration-controller.ts';
