import type { HealthState } from '@perennial/contracts/health';
import { withHealth } from './account-book.js';
import type { Desk, Office } from './desk.js';
import { lookOver, type Occasion } from './look-over.js';

/** Takes over an account's verdict: indicators playbooks start from, strikes and risk level. */
export function followHealth(desk: Desk, health: HealthState, occasion: Occasion, office: Office): Desk {
  const triggers = office.shelf.newest.flatMap((playbook) => playbook.tracks).map((track) => track.trigger);
  const groups = new Set(triggers.flatMap((trigger) => (trigger.on === 'indicator' ? [trigger.group] : [])));
  return lookOver({ ...desk, book: withHealth(desk.book, health, groups) }, occasion, office);
}
