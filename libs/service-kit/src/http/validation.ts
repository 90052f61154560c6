import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { bodyPointer, ProblemException, queryPointer, type ProblemError } from './problem.js';

/** Constraints that say what type a value must have; what else it fails only repeats that. */
const typeConstraints = ['isString', 'isBoolean', 'isInt', 'isNumber', 'isArray', 'isObject', 'nestedValidation'];

class Faults extends Error {
  constructor(readonly faults: readonly ValidationError[]) {
    super('the request does not fit');
  }
}

/** Checks DTOs: unknown fields are refused, every fault is told with its pointer. */
export class RequestValidation extends ValidationPipe {
  constructor() {
    super({ transform: true, whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, exceptionFactory: (faults) => new Faults(faults) });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // An array is an object with fields of its own to class-validator, a string one without any.
    if (metadata.type === 'body' && this.toValidate(metadata) && value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) throw refused([{ pointer: '', detail: 'must be an object' }]);
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      const pointerTo = metadata.type === 'query' ? queryPointer : bodyPointer;
      throw refused(error.faults.flatMap((fault) => problemErrors(fault, [], pointerTo)));
    }
  }
}

const refused = (errors: readonly ProblemError[]) => new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors });

function problemErrors(fault: ValidationError, parents: readonly string[], pointerTo: (path: readonly string[]) => string): ProblemError[] {
  const path = [...parents, fault.property];
  const own = fault.constraints ? [{ pointer: pointerTo(path), detail: detailOf(fault, fault.constraints) }] : [];
  return [...own, ...(fault.children ?? []).flatMap((child) => problemErrors(child, path, pointerTo))];
}

function detailOf({ value, property }: ValidationError, constraints: Readonly<Record<string, string>>): string {
  if (constraints['whitelistValidation'] !== undefined) return 'is not a known field: remove it or mend its spelling';
  if (value === undefined) return 'is missing';
  const type = typeConstraints.find((name) => constraints[name] !== undefined);
  // Decorators are applied from the last to the first.
  const message = (type === undefined ? undefined : constraints[type]) ?? Object.values(constraints).at(-1) ?? 'does not fit';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
