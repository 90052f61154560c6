import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { Static, TSchema } from 'typebox';

// ajv-formats is CommonJS: under nodenext its default export is the module object.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: false, coerceTypes: false, removeAdditional: false, strict: true, strictTuples: false });
  addFormats(ajv, { mode: 'full', formats: ['date-time', 'date'] });
  return ajv;
}

const ajv = newAjv();
const compiled = new WeakMap<TSchema, ValidateFunction>();

function validateFunction(schema: TSchema): ValidateFunction {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = ajv.compile(schema)));
  return validate;
}

/** What is wrong with one value: a JSON pointer to the place and words that say what to do. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Null when `value` fits `schema`, else its first fault. Schemas compile once, on first use. */
export function faultOf(schema: TSchema, value: unknown): Fault | null {
  const validate = validateFunction(schema);
  if (validate(value)) return null;
  const error = validate.errors?.[0];
  return error ? describe(error) : { pointer: '', detail: 'does not fit its schema' };
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
