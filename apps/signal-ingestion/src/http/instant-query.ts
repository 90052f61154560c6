import { ProblemException } from '@perennial/service-kit/http/problem';
import { parseInstant } from '../domain/event-time.js';

/** ISO 8601 knows more than days and instants, e.g. weeks: a filter that is not understood is refused, never left out. */
function instantOf(text: string, pointer: string): number {
  const ms = parseInstant(text);
  if (ms === null) throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail: 'must be a day or an instant, e.g. 2026-03-31 or 2026-03-31T12:00:00Z' }] });
  return ms;
}

export function startOf(text: string | undefined, pointer: string): Date | null {
  return text === undefined ? null : new Date(instantOf(text, pointer));
}

/** A day includes all of itself. */
export function endOf(text: string | undefined, pointer: string): Date | null {
  if (text === undefined) return null;
  const ms = instantOf(text, pointer);
  return new Date(text.length === 10 ? ms + 86_400_000 - 1 : ms);
}
