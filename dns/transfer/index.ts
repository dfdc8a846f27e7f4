export type { AccessRule } from './access.ts';
export type { NotifyTarget, TransferOptions, UpdateRule, ZoneTransferOptions } from './transfer-options.ts';
export type { TransferSource } from './transfer-source.ts';
export { createTransfers, type Transfers, type TransfersDeps } from './transfers.ts';
