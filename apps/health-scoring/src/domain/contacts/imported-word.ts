import { isAfter, latest, type Mark } from '../facts/mark.js';
import type { Spans } from '../facts/spans.js';
import type { ContactFacts } from './contact-facts.js';
import type { RoleSet } from './roles.js';

const goneSigns = ['deactivated', 'bounced', 'departed'] as const;
export type GoneSign = (typeof goneSigns)[number];

/** A signal by which an import told of the contact, with what it said of their being gone. */
export type ImportedWord = Mark & { readonly importId: string; readonly gone: GoneSign | null };

export const noImports: ReadonlySet<string> = new Set();

/** Words of one sign that are remembered: the oldest, which the others repeat, and the newest of these. */
const newestKept = 3;

export function noteImported(contact: ContactFacts, word: ImportedWord): void {
  if (contact.imported.some(({ id }) => id === word.id)) return;
  contact.imported = [...contact.imported, word].sort((a, b) => (isAfter(a, b) ? 1 : -1));
}

/** Forgets words by which no value that is known began, and all but a few of one sign. To be called whenever values may have begun earlier. */
export function keepStarting(contact: ContactFacts): void {
  const { imported, titles, companies, roles } = contact;
  if (imported.length === 0) return;
  const starts = new Set([...titles, ...companies, ...roles].map(({ first }) => first.id));
  const kept = new Set(goneSigns.flatMap((sign) => {
    const words = imported.filter(({ gone }) => gone === sign);
    return words.filter((_, at) => at === 0 || at >= words.length - newestKept);
  }));
  contact.imported = imported.flatMap((word) => (kept.has(word) ? [word] : starts.has(word.id) ? [{ ...word, gone: null }] : []));
}

/**
 * The contact with the signs of a departure that count. A title or company belongs to whoever stated it first, so that one which an import of
 * `uncounted` brought is no change, whoever states it again; roles stay as stated (`countedRoles`). That somebody has gone counts from whoever else
 * says it; of imports, what one of `uncounted` said first is only repeated by later ones.
 */
export function counted(contact: ContactFacts, uncounted: ReadonlySet<string>): ContactFacts {
  if (contact.imported.length === 0) return contact;
  const without = unbegun(contact, uncounted);
  const signs = goneSigns.map((sign) => [sign, goneBy(contact, sign, uncounted)] as const);
  return { ...contact, titles: without(contact.titles), companies: without(contact.companies), ...Object.fromEntries(signs) };
}

/** What was stated of the contact's roles, but for what an import of `uncounted` stated first. */
export function countedRoles(contact: ContactFacts, uncounted: ReadonlySet<string>): Spans<RoleSet> {
  return uncounted.size === 0 ? contact.roles : unbegun(contact, uncounted)(contact.roles);
}

/** The imports that told of contacts what may mean that somebody has gone. */
export function importsOf(contacts: Iterable<ContactFacts>): Set<string> {
  const ids = new Set<string>();
  for (const { imported } of contacts) for (const { importId } of imported) ids.add(importId);
  return ids;
}

function unbegun({ imported }: ContactFacts, uncounted: ReadonlySet<string>): <V>(spans: Spans<V>) => Spans<V> {
  const ids = new Set(imported.flatMap(({ id, importId }) => (uncounted.has(importId) ? [id] : [])));
  return (spans) => (ids.size === 0 ? spans : spans.filter(({ first }) => !ids.has(first.id)));
}

function goneBy(contact: ContactFacts, sign: GoneSign, uncounted: ReadonlySet<string>): Mark | null {
  let mark = contact[sign];
  for (const { at, id, importId, gone } of contact.imported) {
    if (gone !== sign) continue;
    if (uncounted.has(importId)) break;
    mark = latest(mark, { at, id });
  }
  return mark;
}
