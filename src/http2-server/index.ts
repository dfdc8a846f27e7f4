export { Http2Connection, type Http2ConnectionDeps, type Http2Limits } from './connection.ts';
export { HpackEncoder } from './hpack/encoder.ts';
export type { Http2Request } from './request.ts';
export type { Http2Response, ResponseHeaders } from './response.ts';
