import { NotFoundException } from '@nestjs/common';
import { ProblemException } from '@perennial/service-kit/http/problem';
import type { Outcome, Refusal } from '../application/change-scorecards.js';

const statusOf: Readonly<Record<Refusal['refused'], number>> = { unknown: 404, invalid: 400, in_force: 409, not_in_force: 409, revision_conflict: 409, nothing_before: 409, nobody_judges: 409, too_many: 409 };
const codeOf: Partial<Record<Refusal['refused'], string>> = { unknown: 'not_found', invalid: 'scorecard_invalid' };

/** What came of a wish about scorecards; throws a refusal as the problem it is answered with. */
export function held<T extends object>(outcome: Outcome<T>): T {
  if (!('refused' in outcome)) return outcome;
  const { refused, detail, errors } = outcome;
  throw new ProblemException(statusOf[refused], detail, { code: codeOf[refused] ?? refused, ...(errors && { errors: errors.map((error) => ({ ...error, pointer: refused === 'invalid' ? `/document${error.pointer}` : error.pointer })) }) });
}

/** Throws a 404 that says `detail` in place of null. */
export function found<T>(value: T | null, detail: string): T {
  if (value === null) throw new NotFoundException(detail);
  return value;
}
