import { connectionError } from './http2-error.ts';
import { CODE, DEFAULT_FRAME_BYTES, MAX_FRAME_BYTES, MAX_WINDOW_BYTES, SETTING } from './protocol.ts';

/** Of what a client may set, what this server goes by: its frames have the least size, and it keeps no header table. */
export interface ClientSettings {
  readonly initialWindowBytes?: number;
}

const SETTING_BYTES = 6;

/** Throws for values that RFC 9113 §6.5.2 does not allow; of one that stands twice the last counts. */
export function readSettings(payload: Buffer): ClientSettings {
  let settings: ClientSettings = {};
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case SETTING.enablePush:
        if (value > 1) throw connectionError('a setting is neither on nor off');
        break;
      case SETTING.initialWindowSize:
        if (value > MAX_WINDOW_BYTES) throw connectionError('a window is too large', CODE.flowControlError);
        settings = { initialWindowBytes: value };
        break;
      case SETTING.maxFrameSize:
        if (value < DEFAULT_FRAME_BYTES || value > MAX_FRAME_BYTES) throw connectionError('no size of frames');
    }
  }
  return settings;
}
