/** Every message begins with as many (RFC 1035 §4.1.1). */
export const HEADER_BYTES = 12;
