import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { EventRecorder } from '../../src/controller/index.ts';

/** Copies of the object would be deleted by what a backup says, and stay until somebody has said that this is meant. */
export function tellHeld(events: EventRecorder, object: KubeObject): void {
  const message =
    'The federation was restored from a backup: nothing is deleted in clusters until that is confirmed; "koinon confirm-restore" shows what would be';
  events.event(object, 'Warning', 'ConfirmationRequired', message);
}
