import { Fatal } from '@perennial/persistence/errors';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { NewerFormat } from '../domain/codec/newer-format.js';
import { UnfitScorecard } from '../domain/scorecard/compile-scorecard.js';

const retryAfterSeconds = 30;

/** How it is answered that a version of the software meets what another one published or wrote; null for every other error. */
export function versionProblemOf(error: unknown): ProblemException | null {
  if (error instanceof UnfitScorecard) {
    return new ProblemException(409, `this version of the software cannot judge by a scorecard that this rests on (${error.message}): where an upgrade is under way, finish it`, { code: 'scorecard_unfit' });
  }
  const reason = error instanceof Fatal ? error.cause : error;
  return reason instanceof NewerFormat ? new ProblemException(503, reason.message, { retryAfterSeconds }) : null;
}
