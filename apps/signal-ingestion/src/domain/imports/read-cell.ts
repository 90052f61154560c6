import { structureFault } from '../structure.js';
import type { FieldType } from './import-field.js';
import { isoOf, readDay, readInstant, type DateOrder } from './read-date.js';
import { plainDecimal } from './read-number.js';

export interface Problem {
  readonly problem: string;
}

const yes = new Set(['true', 't', 'yes', 'y', '1', 'x']);
const no = new Set(['false', 'f', 'no', 'n', '0']);
const list = /\s*[;,|]\s*/;

/** Words of other systems for ours, by field. */
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: { new: 'opened', open: 'opened', pending: 'updated', on_hold: 'updated', hold: 'updated', in_progress: 'updated', waiting: 'updated', closed: 'solved', resolved: 'solved', done: 'solved', complete: 'achieved', completed: 'achieved', active: 'created', signed: 'created' },
  priority: { critical: 'urgent', blocker: 'urgent', highest: 'urgent', p1: 'urgent', p2: 'high', major: 'high', p3: 'normal', medium: 'normal', minor: 'low', p4: 'low', lowest: 'low', trivial: 'low' },
  type: { email: 'mail', phone: 'call', phone_call: 'call', renewal_intention: 'renewal_intent', cross_selling: 'cross_sell', upsell_opportunity: 'upsell' },
  outcome: { completed: 'held', done: 'held', noshow: 'no_show', canceled: 'declined', cancelled: 'declined' },
  roles: { sponsor: 'executive_sponsor', executive: 'executive_sponsor', exec_sponsor: 'executive_sponsor', budget: 'budget_holder', budget_owner: 'budget_holder', admin: 'power_user', end_user: 'user' },
};

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null && 'problem' in value;

/** The value of one cell for a field; `undefined`: the cell is empty. Cells of NDJSON have types already. */
export function readCell(cell: unknown, name: string, type: FieldType, order: DateOrder): unknown {
  if (cell === null || cell === undefined) return undefined;
  if (Array.isArray(cell)) return readList(cell, name, type);
  if (typeof cell === 'object') return { problem: 'must be one value, not an object' };
  if (typeof cell === 'boolean' && type.is === 'boolean') return cell;
  if (typeof cell === 'number' && (type.is === 'number' || type.is === 'integer')) return cell;
  const text = typeof cell === 'string' ? cell.trim() : JSON.stringify(cell);
  if (text === '') return undefined;
  return textProblem(text) ?? readText(text, name, type, order);
}

function textProblem(text: string): Problem | null {
  if (text.includes('\uFFFD')) return { problem: 'holds characters that cannot be read: say in which encoding the file is' };
  const fault = structureFault(text);
  return fault && { problem: fault.detail };
}

function readText(text: string, name: string, type: FieldType, order: DateOrder): unknown {
  switch (type.is) {
    case 'text':
    case 'money':
      return text;
    case 'currency':
      return text.toUpperCase();
    case 'integer':
    case 'number': {
      const decimal = plainDecimal(text);
      return isProblem(decimal) ? decimal : Number(decimal);
    }
    case 'boolean': {
      const word = text.toLowerCase();
      return yes.has(word) ? true : no.has(word) ? false : { problem: 'is neither yes nor no' };
    }
    case 'day':
      return readDay(text, order);
    case 'instant': {
      const instant = readInstant(text, order);
      return isProblem(instant) ? instant : isoOf(instant);
    }
    case 'enum':
      return oneOf(text, name, type.values);
    case 'enums':
    case 'people':
      return readList(text.split(list), name, type);
  }
}

function readList(cells: readonly unknown[], name: string, type: FieldType): unknown {
  if (cells.some((cell) => typeof cell === 'object' && cell !== null)) return { problem: 'must be a list of plain values' };
  const texts = cells.map((cell) => String(cell).trim()).filter((text) => text !== '');
  for (const text of texts) {
    const problem = textProblem(text);
    if (problem) return problem;
  }
  if (type.is === 'people') return texts.map((text) => ({ personId: personIdOf(text) }));
  if (type.is !== 'enums') return { problem: 'must be one value, not a list' };
  const values = texts.map((text) => oneOf(text, name, type.values));
  return values.find(isProblem) ?? values;
}

function oneOf(text: string, name: string, values: readonly string[]): string | Problem {
  const word = text.toLowerCase().replaceAll(/[\s-]+/g, '_');
  if (values.includes(word)) return word;
  const known = words[name]?.[word];
  return known !== undefined && values.includes(known) ? known : { problem: `is none of ${values.join(', ')}` };
}

/** People are known by the product's own id; an address stands for one. */
export const personIdOf = (text: string): string => (text.includes('@') && !text.startsWith('email:') ? `email:${text.toLowerCase()}` : text);
