import { constants } from 'node:http2';

/** The server said that it did nothing of the request: whatever was asked may be asked again (RFC 9113 §8.7). */
export const NEVER_SERVED = 'ERR_NEVER_SERVED';
/** What the server did of the request nobody knows. */
export const BROKEN_OFF = 'ECONNRESET';

export interface StreamFate {
  /** Of RST_STREAM, or what Node makes of the connection's end. */
  readonly rstCode: number;
  /** None before the request was written. */
  readonly id: number | undefined;
  /** The answer came to its end. */
  readonly isWhole: boolean;
  readonly error: Error | undefined;
  readonly session: SessionFate;
}

export interface SessionFate {
  readonly isOpen: boolean;
  /** Why the connection broke. */
  readonly failure: Error | undefined;
  readonly goaway: Goaway | undefined;
}

export interface Goaway {
  readonly code: number;
  readonly lastStreamId: number;
}

/** Why a stream that has closed is no whole answer; nothing when it is. */
export function failureOf({ rstCode, id, isWhole, error, session }: StreamFate): Error | undefined {
  if (rstCode === constants.NGHTTP2_NO_ERROR && isWhole && error === undefined) return undefined;
  const { failure, goaway } = session;
  if (id === undefined || (goaway !== undefined && id > goaway.lastStreamId)) {
    return coded(NEVER_SERVED, 'the server closed the connection before it looked at the request', failure ?? error);
  }
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM) {
    return coded(NEVER_SERVED, 'the server refused the request before it looked at it (REFUSED_STREAM)', error);
  }
  return failure ?? coded(BROKEN_OFF, ending(rstCode, session), error);
}

function ending(rstCode: number, { isOpen, goaway }: SessionFate): string {
  if (isOpen) return `the server broke its answer off (${nameOf(rstCode)})`;
  const hasReason = goaway !== undefined && goaway.code !== constants.NGHTTP2_NO_ERROR;
  return `the server closed the connection${hasReason ? ` (${nameOf(goaway.code)})` : ''}`;
}

const NAMES: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

function nameOf(code: number): string {
  return NAMES[code] ?? `code ${code}`;
}

function coded(code: string, message: string, cause: Error | undefined): Error {
  return Object.assign(new Error(message, { cause }), { code });
}
