import type { SignalRecord } from './arrival.js';

/** Everybody whom a signal names by an id that may be one of several: who sent it and who attended. */
export function peopleIn(signals: readonly SignalRecord[]): string[] {
  const ids = new Set<string>();
  for (const { personId, kind, data } of signals) {
    if (personId !== null) ids.add(personId);
    if (kind === 'engagement') for (const attendee of data.attendees ?? []) ids.add(attendee.personId);
  }
  return [...ids];
}

/** The signal with the people that were merged as the one they are; somebody who so attended twice did so once, in all roles. */
export function asPeople(signal: SignalRecord, merged: ReadonlyMap<string, string>): SignalRecord {
  if (merged.size === 0) return signal;
  const personId = signal.personId === null ? null : (merged.get(signal.personId) ?? signal.personId);
  if (signal.kind !== 'engagement' || !signal.data.attendees?.some((attendee) => merged.has(attendee.personId))) return { ...signal, personId };
  const seen = new Set<string>();
  const attendees = signal.data.attendees
    .map((attendee) => ({ ...attendee, personId: merged.get(attendee.personId) ?? attendee.personId }))
    .filter(({ personId: id, role }) => {
      const key = JSON.stringify([id, role]);
      return seen.has(key) ? false : (seen.add(key), true);
    });
  return { ...signal, personId, data: { ...signal.data, attendees } };
}
