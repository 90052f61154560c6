import type { PipeTransform } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { RefusedCall } from '../application/refused-call.js';
import { idFault } from '../domain/identifiers.js';

const statusOf = { not_found: 404, conflict: 409, invalid: 400 } as const;

/** Thrown inside of the call's transaction: a refused call leaves nothing behind. */
export function doneOr(refused: RefusedCall | null): void {
  if (refused) throw new ProblemException(statusOf[refused.because], refused.detail, { code: refused.code });
}

/** A part of the address that is to become an id: 1 to 200 characters without control characters. */
export const textParam: PipeTransform<string, string> = {
  transform(value, { data }) {
    const fault = idFault(value, `/${data ?? ''}`);
    if (fault) throw new ProblemException(400, `${data ?? 'the id'} ${fault.detail}`, { code: fault.code, errors: [{ pointer: fault.pointer, detail: fault.detail }] });
    return value;
  },
};
