export { HEADER_BYTES } from './header.ts';
export { labelsOf } from './name-text.ts';
export { FormatError, PacketReader } from './packet-reader.ts';
export { PacketFull, PacketWriter } from './packet-writer.ts';
export { AXFR, IXFR, OPT, TSIG, typeName, typeNumber } from './query-type.ts';
export { DnsError, extendedErrors, rcodeOf, rcodes, type ExtendedError, type Rcode } from './rcode.ts';
export { readData, writeData } from './record-data.ts';
