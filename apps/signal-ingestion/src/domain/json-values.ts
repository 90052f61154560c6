import { endOfString } from './duplicate-keys.js';

/**
 * Values that one request may hold. Bytes alone do not bound what reading costs: a body of empty objects or brackets
 * holds a million. This many are read in well under a tenth of a second.
 */
export const mostValues = 150_000;

/** Number of values in JSON text, up to `most`: one for each comma and each opened container. The text need not be valid. */
export function countValues(text: string, most = mostValues + 1): number {
  let values = 0;
  for (let i = 0; i < text.length && values < most; ) {
    const c = text.charCodeAt(i);
    if (c === 0x22) i = endOfString(text, i);
    else {
      if (c === 0x2c || c === 0x5b || c === 0x7b) values++;
      i++;
    }
  }
  return values;
}
