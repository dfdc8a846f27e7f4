export type { Prerequisite, Update, UpdateMessage } from './update-message.ts';
export { encodeUpdate, MAX_UPDATE_BYTES } from './encode-update.ts';
export { decodeUpdate, type UpdateRecord, type UpdateRequest } from './decode-update.ts';
export { UpdateRefused } from './update-refused.ts';
export { requirePrerequisites } from './prerequisites.ts';
export { updateChanges, type MayChange } from './update-changes.ts';
