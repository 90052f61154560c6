/** Why one item cannot be taken. `code` is stable; `pointer` is a JSON pointer into the item; `detail` says what to do. */
export interface ItemFault {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
}

/** One reference token of a JSON pointer (RFC 6901). */
export function pointerToken(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A name as it may stand in an answer: short, and without characters that a terminal or a database minds. */
export function shown(name: string): string {
  const clean = name.toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD');
  return clean.length > 60 ? `${clean.slice(0, 60)}...` : clean;
}
