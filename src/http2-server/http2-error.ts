import { CODE } from './protocol.ts';

/** What the other end did wrong. Without `streamId` the connection cannot go on, else only that stream. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
  readonly code: number;
  readonly streamId: number | undefined;

  constructor(message: string, code: number, streamId?: number) {
    super(message);
    this.code = code;
    this.streamId = streamId;
  }
}

export function connectionError(message: string, code: number = CODE.protocolError): Http2Error {
  return new Http2Error(message, code);
}

export function streamError(streamId: number, message: string, code: number = CODE.protocolError): Http2Error {
  return new Http2Error(message, code, streamId);
}
