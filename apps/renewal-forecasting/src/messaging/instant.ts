/** An RFC 3339 instant with any offset as UTC with milliseconds, so that instants compare as text. */
export function instantOf(instant: string): string {
  return new Date(instant).toISOString();
}
