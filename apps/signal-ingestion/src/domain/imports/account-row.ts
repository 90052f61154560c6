import { isISO31661Alpha2, isTimeZone } from 'class-validator';
import type { AccountChange, AccountFields } from '../account.js';
import { idFault } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import { parseInstant } from '../event-time.js';
import type { RowReader } from './row-meaning.js';

/** What a row of an accounts file says. */
export interface AccountRow {
  readonly accountId: string;
  readonly change: AccountChange;
  /** Since when it is a customer, ms; null: the row does not say. */
  readonly createdAt: number | null;
}

/** Fields that are not given stay as they are. */
export function accountRow(reader: RowReader, values: ReadonlyMap<string, unknown>): AccountRow | ItemFault {
  const fields: Record<string, string> = {};
  const traits: Record<string, unknown> = {};
  let accountId = '';
  let createdAt: number | null = null;
  for (const [name, value] of values) {
    const text = String(value);
    const problem = name === 'accountId' || name === 'parentId' ? idFault(text, '')?.detail : problemOf(name, text);
    if (problem) return reader.fault('invalid_value', name, problem);
    if (name === 'accountId') accountId = text;
    else if (name === 'createdAt') createdAt = parseInstant(text);
    else if (name.startsWith('traits.')) traits[name.slice('traits.'.length)] = value;
    else fields[name] = name === 'country' ? text.toUpperCase() : text;
  }
  if (fields['parentId'] === accountId) return reader.fault('parent_is_below', 'parentId', 'is the account itself');
  return { accountId, createdAt, change: { ...(fields as Partial<AccountFields>), ...(Object.keys(traits).length === 0 ? {} : { traits }) } };
}

function problemOf(name: string, text: string): string | null {
  if (name.startsWith('traits.')) return text.length > 10_000 ? 'has more than 10,000 characters' : null;
  if (text.length > 200) return `has ${text.length} characters: at most 200`;
  if (name === 'country' && !isISO31661Alpha2(text.toUpperCase())) return 'is no country code of two letters (ISO 3166)';
  if (name === 'timeZone' && !isTimeZone(text)) return 'is no time zone, e.g. Europe/Berlin';
  return null;
}
