import { readFileSync } from 'node:fs';
import { eventNames, type Outcome } from './compatibility.js';
import type { SetUp } from './set-up.js';

/** A set-up's client with the version it was tried in; plain HTTP has none. */
export function clientOf({ client }: SetUp): string {
  if (client === null) return 'curl';
  const { devDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { devDependencies: Record<string, string> };
  return `${client} ${devDependencies[client]}`;
}

/** One line of the printed table. */
export function compatibilityLine({ setUp, events, faults, error }: Outcome, count: number): string {
  const once = JSON.stringify(events) === JSON.stringify(eventNames(count));
  return `  ${(once && error === null ? 'every event once' : (error ?? `${events.length} of ${count} events`)).padEnd(18)} ${setUp.name.padEnd(36)} ${clientOf(setUp).padEnd(42)} ${faults.join(', ')}`;
}
