import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Static, TSchema } from 'typebox';

// ajv-formats is CommonJS: under nodenext its default export is the module object.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

function newAjv(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({ allErrors, coerceTypes: false, removeAdditional: false, strict: true, strictTuples: false });
  addFormats(ajv, { mode: 'full', formats: ['date-time', 'date'] });
  return ajv;
}

/** Schemas, each compiled once, on first use. */
class Compiled {
  private readonly ajv: Ajv2020;
  private readonly functions = new WeakMap<TSchema, ValidateFunction>();

  constructor(allErrors: boolean) {
    this.ajv = newAjv(allErrors);
  }

  of(schema: TSchema): ValidateFunction {
    let validate = this.functions.get(schema);
    if (!validate) this.functions.set(schema, (validate = this.ajv.compile(schema)));
    return validate;
  }
}

const untilFirst = new Compiled(false);
const untilEnd = new Compiled(true);

/** What is wrong with one value: a JSON pointer to the place and words that say what to do. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Null when `value` fits `schema`, else its first fault. */
export function faultOf(schema: TSchema, value: unknown): Fault | null {
  const validate = untilFirst.of(schema);
  if (validate(value)) return null;
  const error = validate.errors?.[0];
  return error ? describe(error) : { pointer: '', detail: 'does not fit its schema' };
}

/** Every fault, one a place; for documents that people write, not for what strangers send: looking on costs time. */
export function faultsOf(schema: TSchema, value: unknown): Fault[] {
  const validate = untilEnd.of(schema);
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  // Where one of several shapes would do, what is wrong deeper down says more than that none does.
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath);
  const told = errors.filter(({ instancePath, keyword }) => !choices.includes(instancePath) || !errors.some((other) => other.instancePath.startsWith(`${instancePath}/`) || (keyword === 'anyOf' && other.keyword !== 'anyOf' && other.instancePath === instancePath)));
  return [...new Map(told.map(describe).reverse().map((fault) => [fault.pointer, fault])).values()].reverse();
}

/** True when `value` fits `schema`. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return faultOf(schema, value) === null;
}

function describe(error: ErrorObject): Fault {
  const escape = (name: unknown) => String(name).replaceAll('~', '~0').replaceAll('/', '~1');
  switch (error.keyword) {
    case 'required':
      return { pointer: `${error.instancePath}/${escape(error.params['missingProperty'])}`, detail: 'is required: add it' };
    case 'additionalProperties':
      return { pointer: `${error.instancePath}/${escape(error.params['additionalProperty'])}`, detail: 'is not a known field: remove it or mend its spelling' };
    case 'enum':
      return { pointer: error.instancePath, detail: `must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}` };
    case 'const':
      return { pointer: error.instancePath, detail: `must be ${JSON.stringify(error.params['allowedValue'])}` };
    default:
      return { pointer: error.instancePath, detail: error.message ?? 'does not fit its schema' };
  }
}
