import secureJson from 'secure-json-parse';
import { ProblemException } from './problem.js';

/** How deep arrays and objects of a request may nest. */
export const maxJsonDepth = 32;

/**
 * Parses a JSON request body. Refused with 400: text that is not JSON or not UTF-8, nesting above
 * `maxDepth` (seen before parsing), keys that reach prototypes (`__proto__`, `constructor.prototype`),
 * NUL characters and lone surrogates in any text or key, numbers outside the range of doubles.
 */
export function parseJsonBody(body: Buffer, maxDepth = maxJsonDepth): unknown {
  const text = utf8(body);
  if (text.trim() === '') return undefined;
  refuseDeep(text, maxDepth);
  let value: unknown;
  try {
    value = secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch (error) {
    const forbidden = error instanceof SyntaxError && error.message.includes('forbidden prototype property');
    throw new ProblemException(400, forbidden ? 'the body holds a key that reaches a prototype: remove it' : 'the body is not JSON', { code: forbidden ? 'forbidden_key' : 'invalid_json' });
  }
  // Most bodies hold nothing to look for: one scan of the text spares the walk over the values.
  if (/\\u(?:0000|[dD][89a-fA-F])|[eE]\+?\d{3}|\d{300}/.test(text)) {
    const pointer = findForbidden(value, '');
    if (pointer !== null) throw new ProblemException(400, 'the body holds NUL, a lone surrogate or a number out of range', { code: 'forbidden_value', errors: [{ pointer, detail: 'must be text without NUL and lone surrogates, or a number in range' }] });
  }
  return value;
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new ProblemException(400, 'the body is not UTF-8', { code: 'invalid_utf8' });
  }
}

/** Counts brackets outside of strings: a body of 20,000 levels never reaches a parser. */
function refuseDeep(text: string, maxDepth: number): void {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > maxDepth) throw new ProblemException(400, `the body nests more than ${maxDepth} levels deep`, { code: 'too_deep' });
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
}

function findForbidden(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return isCleanText(value) ? null : pointer;
  if (typeof value === 'number') return Number.isFinite(value) ? null : pointer;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    if (!isCleanText(key)) return pointer;
    const found = findForbidden(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
}

/** True for text that every part of the system can store: no NUL, no lone surrogate. */
export function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
