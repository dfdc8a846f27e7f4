export { parseTsigKey, TsigKeyError, type TsigAlgorithm, type TsigKey, type TsigKeyText } from './tsig-key.ts';
export { TsigError, type TsigErrorName } from './tsig-error.ts';
export { signRequest, type SignedRequest } from './sign-request.ts';
export type { ReplyVerifier } from './reply-verifier.ts';
export { openRequest, type OpenedRequest } from './open-request.ts';
export type { ReplySigner } from './reply-signer.ts';
