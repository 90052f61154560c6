import { shown, type ItemFault } from '../item-fault.js';
import { guessColumns } from './guess-columns.js';
import { importKindNamed, importKindNames, takesField, type ImportKind } from './import-kinds.js';
import type { DateOrder } from './read-date.js';

/** What a caller says about a file. */
export interface ImportOptions {
  readonly as: string;
  /** Field by column. */
  readonly map: Readonly<Record<string, string>>;
  /** Value by field, for every row. */
  readonly set: Readonly<Record<string, string>>;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly dates: DateOrder;
}

export interface PlannedColumn {
  readonly column: string;
  /** Null: the column is not used. */
  readonly field: string | null;
  readonly how: 'given' | 'guessed' | null;
}

/** How rows of a file become what they tell; the same for every row. */
export interface ImportPlan {
  readonly as: string;
  readonly columns: readonly PlannedColumn[];
  readonly constants: Readonly<Record<string, string>>;
  readonly dates: DateOrder;
}

/** What is wrong with options by themselves, before any file is seen. */
export function optionsFault({ as, map, set }: ImportOptions): ItemFault | null {
  const kind = importKindNamed(as);
  if (!kind) return { code: 'unknown_kind', pointer: '?as', detail: `${shown(as)} is nothing that can be imported: use one of ${importKindNames.join(', ')}` };
  for (const [field, pointer] of [...Object.values(map).map((name) => [name, '?map']), ...Object.keys(set).map((name) => [name, '?set'])] as [string, string][]) {
    if (!takesField(kind, field)) return { code: 'unknown_field', pointer, detail: `${shown(field)} is no field of ${as}: use one of ${fieldNames(kind)}` };
  }
  const twice = Object.values(map).find((field, at, all) => all.indexOf(field) !== at);
  return twice === undefined ? null : { code: 'mapped_twice', pointer: '?map', detail: `two columns are mapped to ${twice}: keep one` };
}

/** Maps the columns of a file: what the caller says, then what their names say. A fault names what is missing. */
export function planImport(options: ImportOptions, columns: readonly string[]): ImportPlan | ItemFault {
  const kind = importKindNamed(options.as);
  const fault = optionsFault(options);
  if (!kind || fault) return fault ?? { code: 'unknown_kind', pointer: '?as', detail: 'is nothing that can be imported' };
  if (kind.as === 'signals') return { as: kind.as, columns: columns.map((column) => ({ column, field: null, how: null })), constants: {}, dates: options.dates };
  const absent = Object.keys(options.map).find((column) => !columns.includes(column));
  if (absent !== undefined) return { code: 'unknown_column', pointer: '?map', detail: `the file has no column ${shown(absent)}: it has ${columns.map(shown).join(', ')}` };
  const taken = new Set([...Object.values(options.map), ...Object.keys(options.set)]);
  const left = columns.map((column) => (options.map[column] === undefined ? column : ''));
  const guessed = guessColumns(kind, left, taken);
  const planned = columns.map((column, at): PlannedColumn => {
    const given = options.map[column];
    if (given !== undefined) return { column, field: given, how: 'given' };
    const field = guessed.fields[at] ?? null;
    return { column, field, how: field === null ? null : 'guessed' };
  });
  const fields = new Set(planned.flatMap(({ field }) => (field === null ? [] : [field])));
  const constants = { ...Object.fromEntries(Object.entries(kind.defaults).filter(([name]) => !fields.has(name))), ...guessed.constants, ...options.set };
  return missingFields(kind, new Set([...fields, ...Object.keys(constants)]), columns) ?? { as: kind.as, columns: planned, constants, dates: options.dates };
}

function missingFields(kind: ImportKind, given: ReadonlySet<string>, columns: readonly string[]): ItemFault | null {
  const missing = [
    ...kind.fields.filter(({ required, name }) => required && !given.has(name)).map(({ name }) => name),
    ...kind.oneOf.filter((names) => !names.some((name) => given.has(name))).map((names) => names.join(' or ')),
  ];
  if (missing.length === 0) return null;
  return { code: 'columns_missing', pointer: '?map', detail: `no column was recognised as ${missing.join(', nor as ')}: say which one it is (map, column=field), or give every row the same (set, field=value). The columns are ${columns.map(shown).join(', ')}` };
}

const fieldNames = ({ fields, open }: ImportKind): string => [...fields.map(({ name }) => name), ...(open === null ? [] : [`${open}.<name>`])].join(', ');
