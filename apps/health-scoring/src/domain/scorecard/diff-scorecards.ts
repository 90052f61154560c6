import type { Scorecard } from './scorecard.js';

/** One thing that differs between two documents. */
export interface ScorecardChange {
  /** What it is about, e.g. `measures.survey.weight`: entries of lists go by their name, not by their place. */
  readonly path: string;
  readonly text: string;
  /** Absent where it was added. */
  readonly before?: unknown;
  /** Absent where it was removed. */
  readonly after?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Lists whose entries have names. */
const named: Readonly<Record<string, { readonly key: string; readonly word: string }>> = {
  measures: { key: 'id', word: 'measure' },
  caps: { key: 'id', word: 'cap' },
  indicators: { key: 'kind', word: 'indicator' },
};
const words: Readonly<Record<string, string>> = { tiers: 'tier', bands: 'band', criteria: 'criterion' };

/** What `after` changes against `before` (null: everything is new), in the order of the document. Their order in a list, and ids, do not count. */
export function diffScorecards(before: Scorecard | null, after: Scorecard): ScorecardChange[] {
  return compare([], byName(before ?? {}), byName({ ...after }));
}

/** Named entries become objects by name, so that a change of place is none. */
function byName(document: Json): Json {
  const { id: _, ...rest } = document;
  return Object.fromEntries(
    Object.entries(rest).map(([field, value]) => {
      const list = named[field];
      if (list === undefined || !Array.isArray(value)) return [field, value];
      return [field, Object.fromEntries((value as Json[]).map(({ [list.key]: name, ...entry }) => [String(name), entry]))];
    }),
  );
}

function compare(path: readonly string[], before: Json, after: Json): ScorecardChange[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((field): ScorecardChange[] => {
    const [was, is] = [before[field], after[field]];
    const here = [...path, field];
    if (JSON.stringify(sorted(was)) === JSON.stringify(sorted(is))) return [];
    // The first scorecard of all is told entry by entry too.
    if (isObject(is) && (isObject(was) || (was === undefined && path.length === 0))) return compare(here, isObject(was) ? was : {}, is);
    if (isObject(was) && is === undefined && path.length === 0) return compare(here, was, {});
    return [{ path: here.join('.'), text: textOf(here, was, is), ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

function textOf([field = '', name, ...rest]: readonly string[], was: unknown, is: unknown): string {
  const word = named[field]?.word ?? words[field];
  const what = name === undefined ? field : [word === undefined ? `${field}.${name}` : `${word} ${name}`, ...(rest.length > 0 ? [rest.join('.')] : [])].join(': ');
  const weight = (value: unknown): string => (isObject(value) && typeof value['weight'] === 'number' ? ` with weight ${value['weight']}` : isObject(value) && typeof value['limit'] === 'number' ? ` with limit ${value['limit']}` : isObject(value) ? '' : ` as ${shown(value)}`);
  if (was === undefined) return `${what} added${weight(is)}`;
  if (is === undefined) return `${what} removed`;
  return `${what} ${shown(was)} -> ${shown(is)}`;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Equal values look alike whatever the order of their fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((field) => [field, sorted(value[field])]));
}
