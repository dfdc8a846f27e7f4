import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A tag that is longer is passed on as it is. */
const MAX_TAG = 64 * 1024;

/** Rewrites a page as it comes: what is held back is no more than a tag whose end is still to come. */
export function linkRewriter(rewrite: (page: string) => string): Transform {
  const decoder = new StringDecoder();
  let held = '';
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      held += decoder.write(chunk);
      const open = openTag(held);
      const ready = held.slice(0, open);
      held = held.slice(open);
      done(null, rewrite(ready));
    },
    flush: (done) => {
      done(null, rewrite(held + decoder.end()));
    },
  });
}

/** Where a tag begins that is not yet whole; the length when there is none. */
function openTag(text: string): number {
  const begin = text.lastIndexOf('<');
  const isOpen = begin >= 0 && !text.includes('>', begin) && text.length - begin <= MAX_TAG;
  return isOpen ? begin : text.length;
}
