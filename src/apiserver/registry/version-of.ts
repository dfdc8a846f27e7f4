import type { KeyValue } from '../../storage/index.ts';
import type { ObjectCodec, Version } from './codec.ts';

/** The version of what was read or written; a promise only where it has to be converted by somebody else. */
export function versionOf(codec: ObjectCodec, kv: KeyValue): Version | Promise<Version> {
  const ready = codec.prepare?.([kv]);
  return ready === undefined ? codec.version(kv) : ready.then(() => codec.version(kv));
}
