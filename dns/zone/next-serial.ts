/** RFC 1982: one more, around the corner where need be, never zero. */
export function nextSerial(serial: number): number {
  return (serial + 1) >>> 0 || 1;
}
