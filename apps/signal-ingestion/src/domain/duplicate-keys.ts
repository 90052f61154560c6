import { pointerToken } from './item-fault.js';

const quote = 0x22;
const backslash = 0x5c;

/** Position behind the string that opens at `start` of JSON text; the text's end where it does not close. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/**
 * Number of `name: value` pairs in valid JSON text. Parsing keeps the last of two equal names and tells
 * nobody; more pairs in the text than names in the value means that one was given twice.
 */
export function countPairs(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; ) {
    const c = text.charCodeAt(i);
    if (c === quote) i = endOfString(text, i);
    else {
      if (c === 0x3a) pairs++;
      i++;
    }
  }
  return pairs;
}

interface Frame {
  readonly parent: Frame | null;
  /** Names seen; null for an array. */
  readonly names: Set<string> | null;
  index: number;
  name: string;
  /** One is enough to refuse it. */
  told: boolean;
}

/** JSON pointers of the first name given twice in each object of valid JSON text, in order of appearance. */
export function duplicateKeyPointers(text: string): string[] {
  const found: string[] = [];
  let frame = null as Frame | null;
  let nameNext = false;
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      if (nameNext && frame?.names) {
        frame.name = JSON.parse(text.slice(i, end)) as string;
        if (!frame.told && frame.names.has(frame.name)) {
          frame.told = true;
          found.push(pointerOf(frame));
        }
        frame.names.add(frame.name);
        nameNext = false;
      }
      i = end;
      continue;
    }
    if (c === '{' || c === '[') {
      frame = { parent: frame, names: c === '{' ? new Set() : null, index: 0, name: '', told: false };
      nameNext = c === '{';
    } else if (c === '}' || c === ']') {
      frame = frame?.parent ?? null;
      nameNext = false;
    } else if (c === ',' && frame) {
      if (frame.names) nameNext = true;
      else frame.index++;
    }
    i++;
  }
  return found;
}

function pointerOf(frame: Frame): string {
  const tokens: string[] = [];
  for (let at: Frame | null = frame; at; at = at.parent) tokens.push(pointerToken(at.names ? at.name : at.index));
  return `/${tokens.reverse().join('/')}`;
}
