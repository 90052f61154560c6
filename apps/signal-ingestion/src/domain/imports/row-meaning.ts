import { isEmail } from '../identifiers.js';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { importKindNamed, type ImportKind } from './import-kinds.js';
import type { FieldPlace, FieldType, ImportField } from './import-field.js';
import type { ImportPlan } from './import-plan.js';
import { personIdOf, readCell, type Problem } from './read-cell.js';
import { minorUnits, plainDecimal } from './read-number.js';

/** The cells of one row: by position (CSV) or by name (NDJSON). */
export type Cells = readonly string[] | Readonly<Record<string, unknown>>;

/** Values of a row by field, or the first thing wrong with it; `pointer` names the column. What is kept of a fault never repeats a cell. */
export type RowValues = ReadonlyMap<string, unknown> | ItemFault;

interface Reading {
  readonly at: number;
  readonly column: string;
  readonly field: string;
  readonly type: FieldType;
  readonly nullable: boolean;
}

/** Reads rows as a plan says. */
export class RowReader {
  readonly kind: ImportKind;
  private readonly readings: readonly Reading[];
  private readonly constants: ReadonlyMap<string, unknown>;
  private readonly columnOf: ReadonlyMap<string, string>;
  private readonly places: ReadonlyMap<string, FieldPlace>;

  constructor(private readonly plan: ImportPlan) {
    const kind = importKindNamed(plan.as);
    if (!kind) throw new Error(`${plan.as} is no kind of import`);
    this.kind = kind;
    this.readings = plan.columns.flatMap(({ column, field }, at) => (field === null ? [] : [{ at, column, field, ...fieldOf(kind, field) }]));
    this.places = new Map(kind.fields.map(({ name, place }) => [name, place]));
    this.columnOf = new Map(this.readings.map(({ field, column }) => [field, column]));
    this.constants = new Map(Object.entries(plan.constants).map(([name, value]) => [name, readCell(value, name, fieldOf(kind, name).type, plan.dates)]));
  }

  /** What is wrong with the values that every row gets. */
  constantsFault(): ItemFault | null {
    for (const [name, value] of this.constants) if (isProblem(value)) return { code: 'invalid_value', pointer: '?set', detail: `${name}: ${value.problem}` };
    return null;
  }

  values(cells: Cells): RowValues {
    const values = new Map(this.constants);
    for (const { at, column, field, type, nullable } of this.readings) {
      const cell = Array.isArray(cells) ? (cells as readonly string[])[at] : (cells as Readonly<Record<string, unknown>>)[column];
      const value = readCell(cell, field, type, this.plan.dates);
      if (isProblem(value)) return { code: 'invalid_value', pointer: column, detail: value.problem };
      if (value !== undefined) values.set(field, value);
      else if (nullable) values.set(field, null);
    }
    const missing = this.kind.fields.find(({ required, name }) => required && !values.has(name));
    if (missing) return this.fault('missing_value', missing.name, 'is empty: every row needs it');
    const choice = this.kind.oneOf.find((names) => !names.some((name) => values.has(name)));
    return choice ? this.fault('missing_value', choice.find((name) => this.columnOf.has(name)) ?? choice[0] ?? '', `is empty: every row needs ${choice.join(' or ')}`) : values;
  }

  /** A fault of a field, told by the column it came from. */
  fault(code: string, field: string, detail: string): ItemFault {
    return { code, pointer: this.columnOf.get(field) ?? field, detail };
  }

  /** A fault of a SIGNAL, told by the column that its place came from. */
  ofSignal({ code, pointer, detail }: ItemFault): ItemFault {
    return this.fault(code, pointer.replace(/^\/(data\/)?/, '').replaceAll('/', '.'), detail);
  }

  /** The SIGNALs of a row, without ids. */
  signals(values: ReadonlyMap<string, unknown>, currency: string): Item[] | ItemFault {
    const worked = new Map(values);
    const person = this.placePerson(worked);
    if (person) return person;
    const money = this.placeMoney(worked, currency);
    if (money) return money;
    if (this.kind.signal !== 'ticket' || !worked.has('openedAt')) return [this.item(worked)];
    return ticketStory(worked).map((one) => this.item(one));
  }

  private placePerson(values: Map<string, unknown>): ItemFault | null {
    const email = values.get('email');
    if (typeof email === 'string' && !isEmail(email)) return this.fault('invalid_value', 'email', 'is no mail address');
    const id = values.get('personId');
    if (typeof id === 'string') values.set('personId', personIdOf(id));
    else if (typeof email === 'string') values.set('personId', personIdOf(email));
    return null;
  }

  private placeMoney(values: Map<string, unknown>, fallback: string): ItemFault | null {
    if (this.places.has('currency') && !values.has('currency')) values.set('currency', fallback);
    for (const [major, minor] of [['arr', 'arrMinor'], ['amount', 'amountMinor']] as const) {
      const text = values.get(major);
      if (typeof text !== 'string' || values.has(minor)) continue;
      const decimal = plainDecimal(text);
      const value = typeof decimal === 'string' ? minorUnits(decimal, String(values.get('currency'))) : decimal;
      if (isProblem(value)) return this.fault('invalid_value', major, value.problem);
      values.set(minor, value);
    }
    return null;
  }

  private item(values: ReadonlyMap<string, unknown>): Item {
    const top: Record<string, unknown> = { kind: this.kind.signal };
    const data: Record<string, unknown> = {};
    const properties: Record<string, unknown> = {};
    for (const [name, value] of values) {
      const place = this.places.get(name);
      if (place === 'signal') top[name] = value;
      else if (place === 'data') data[name] = value;
      else if (place === undefined) properties[name.slice('properties.'.length)] = value;
    }
    return { ...top, data: Object.keys(properties).length === 0 ? data : { ...data, properties } };
  }
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null && 'problem' in value;

function fieldOf({ fields }: ImportKind, name: string): Pick<ImportField, 'type' | 'nullable'> {
  return fields.find((one) => one.name === name) ?? { type: { is: 'text' }, nullable: false };
}

/**
 * A help desk's row tells when a ticket was opened, and when it was solved or what became of it: two signals. One
 * that says `solved` and not when is solved as of the file.
 */
function ticketStory(row: ReadonlyMap<string, unknown>): Map<string, unknown>[] {
  const { openedAt, solvedAt, occurredAt, status, id, ...rest } = Object.fromEntries(row);
  const tell = (what: unknown, at: unknown, own: unknown) => new Map(Object.entries({ ...rest, status: what, occurredAt: at, id: own }).filter(([, value]) => value !== undefined));
  const then = solvedAt === undefined ? status : 'solved';
  const story = [tell('opened', openedAt, id)];
  if (typeof then === 'string' && then !== 'opened') story.push(tell(then, solvedAt ?? occurredAt, typeof id === 'string' ? `${id}:${then}` : undefined));
  return story;
}
