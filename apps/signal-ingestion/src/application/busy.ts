import { ProblemException } from '@perennial/service-kit/http/problem';

/** The log is away, or too much waits: the client keeps its events and comes again. */
export function busy(detail: string): ProblemException {
  return new ProblemException(503, detail, { code: 'unavailable', retryAfterSeconds: 1 });
}
