import { signalInputSchema, type SignalKind } from '@perennial/contracts/signal';

/** What a cell must hold, and what becomes of it. */
export type FieldType =
  | { readonly is: 'text' | 'integer' | 'number' | 'boolean' | 'day' | 'instant' | 'currency' | 'people' | 'money' }
  | { readonly is: 'enum' | 'enums'; readonly values: readonly string[] };

/** Where a value goes: beside the SIGNAL's `data` or into it; `row` values are worked into others (see `rowSignals`). */
export type FieldPlace = 'signal' | 'data' | 'row';

/** One field that a column can be mapped to. */
export interface ImportField {
  readonly name: string;
  readonly type: FieldType;
  readonly place: FieldPlace;
  readonly required: boolean;
  /** An empty cell says "none" instead of nothing. */
  readonly nullable: boolean;
}

interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

const madeByUs = ['kind', 'source', 'data'];

/** Fields of a kind's SIGNAL as its schema at the border has them. `properties` is mapped name by name. */
export function signalFields(kind: SignalKind): ImportField[] {
  const { properties = {}, required } = signalInputSchema(kind) as unknown as JsonSchema;
  const top = fieldsOf(properties, required, 'signal').filter(({ name }) => !madeByUs.includes(name));
  const data = properties['data'] ?? {};
  const inData = fieldsOf(data.properties ?? {}, data.required, 'data').filter(({ name }) => name !== 'properties');
  // A name that both have (a contract's product) is the one of `data`.
  return [...top.filter(({ name }) => !inData.some((field) => field.name === name)), ...inData];
}

function fieldsOf(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = [], place: FieldPlace): ImportField[] {
  return Object.entries(properties).map(([name, schema]) => {
    const nullable = schema.anyOf?.some(({ type }) => type === 'null') ?? false;
    return { name, type: typeOf(schema), place, required: required.includes(name) && !nullable, nullable };
  });
}

function typeOf(schema: JsonSchema): FieldType {
  const [only] = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  if (only) return typeOf(only);
  if (schema.enum) return { is: 'enum', values: schema.enum };
  if (schema.type === 'array') return schema.items?.enum ? { is: 'enums', values: schema.items.enum } : { is: 'people' };
  if (schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean') return { is: schema.type };
  if (schema.format === 'date') return { is: 'day' };
  if (schema.format === 'date-time') return { is: 'instant' };
  return { is: schema.pattern === '^[A-Z]{3}$' ? 'currency' : 'text' };
}
