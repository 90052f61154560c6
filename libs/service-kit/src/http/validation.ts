import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { ProblemException, type ProblemError } from './problem.js';

/** Checks DTOs: unknown fields are refused, every fault is told with its pointer. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (faults) => new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: faults.flatMap((fault) => problemErrors(fault, '')) }),
  });
}

function problemErrors(fault: ValidationError, parent: string): ProblemError[] {
  const pointer = `${parent}/${fault.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(fault.constraints ?? {}).map(([constraint, message]) => ({
    pointer,
    detail: constraint === 'whitelistValidation' ? 'is not a known field: remove it or mend its spelling' : withoutPropertyName(message, fault.property),
  }));
  return [...own, ...(fault.children ?? []).flatMap((child) => problemErrors(child, pointer))];
}

function withoutPropertyName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
