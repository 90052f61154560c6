import { pointerToken, shown, type ItemFault } from './item-fault.js';

/** Bounds of one item: nesting (the item itself is level 1), names per object, length of a name. */
export const structureLimits = { depth: 10, properties: 255, nameLength: 200 } as const;

/** Levels of a webhook's event: business systems nest more than product events do. */
export const eventDepth = 64;

/** Whether a value nests more than `levels` levels. Never recurses deeper than that. */
export function isDeeper(value: unknown, levels: number): boolean {
  return typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));
}

/** Names that reach prototypes; `constructor` only does where it holds a `prototype`. */
function reachesPrototype(name: string, value: unknown): boolean {
  if (name === '__proto__') return true;
  return name === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/** Counts the names of all objects seen by a scan; compared with the text they show names given twice. */
export interface KeyTally {
  keys: number;
}

/**
 * First thing in `value` that no part of the system could store or pass on unchanged: keys that reach
 * prototypes, NUL, lone surrogates, numbers out of range or not exact, too many names, too deep. Null when
 * there is none. Never recurses deeper than the limit.
 */
export function structureFault(value: unknown, tally: KeyTally = { keys: 0 }): ItemFault | null {
  return scan(value, 1, tally);
}

function scan(value: unknown, depth: number, tally: KeyTally): ItemFault | null {
  switch (typeof value) {
    case 'string':
      return textFault(value);
    case 'number':
      return numberFault(value);
    case 'object':
      if (value === null) return null;
      if (depth > structureLimits.depth) return { code: 'too_deep', pointer: '', detail: `nests more than ${structureLimits.depth} levels deep: flatten it` };
      return Array.isArray(value) ? scanArray(value, depth, tally) : scanObject(value as Record<string, unknown>, depth, tally);
    default:
      return null;
  }
}

function scanArray(items: readonly unknown[], depth: number, tally: KeyTally): ItemFault | null {
  for (let i = 0; i < items.length; i++) {
    const fault = scan(items[i], depth + 1, tally);
    if (fault) return { ...fault, pointer: `/${i}${fault.pointer}` };
  }
  return null;
}

function scanObject(object: Record<string, unknown>, depth: number, tally: KeyTally): ItemFault | null {
  const names = Object.keys(object);
  tally.keys += names.length;
  if (names.length > structureLimits.properties) {
    return { code: 'too_many_properties', pointer: '', detail: `has ${names.length} properties: send at most ${structureLimits.properties}` };
  }
  for (const name of names) {
    if (reachesPrototype(name, object[name])) return { code: 'forbidden_key', pointer: `/${name}`, detail: 'is a name that reaches prototypes: rename it' };
    if (name.length > structureLimits.nameLength) return { code: 'name_too_long', pointer: '', detail: `has a property name of ${name.length} characters: at most ${structureLimits.nameLength}` };
    const bad = textFault(name);
    if (bad) return { code: bad.code, pointer: '', detail: `has a property name (${shown(name)}) that ${bad.detail}` };
    const fault = scan(object[name], depth + 1, tally);
    if (fault) return { ...fault, pointer: `/${pointerToken(name)}${fault.pointer}` };
  }
  return null;
}

function textFault(text: string): ItemFault | null {
  if (text.includes('\0')) return { code: 'nul_character', pointer: '', detail: 'holds a NUL character: remove it' };
  if (!text.isWellFormed()) return { code: 'lone_surrogate', pointer: '', detail: 'holds half of a surrogate pair: send well-formed Unicode' };
  return null;
}

function numberFault(value: number): ItemFault | null {
  if (!Number.isFinite(value)) return { code: 'number_out_of_range', pointer: '', detail: 'is a number out of range: send at most 1.7e308' };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { code: 'unsafe_integer', pointer: '', detail: 'is a whole number beyond 9007199254740991 and would lose digits: send it as text' };
  }
  return null;
}
