import { keepNewest } from './keep-newest.js';
import type { Mark } from './mark.js';

/** Where a thing stands. One that `ended` and whose beginning nobody told yet waits for it: forgotten before, the beginning alone would look open. */
export type Standing = 'settled' | 'ended' | 'open';

/** How many things are remembered: of settled ones, and of all others. */
export interface Room {
  readonly settled: number;
  readonly others: number;
}

/** Bounds a set of things by id: settled ones make no room for others, and of those the open ones stay longest. In each the one heard of longest ago goes first. */
export function keepOpen<T>(things: Map<string, T>, room: Room, standingOf: (thing: T) => Standing, heard: (thing: T) => Mark): void {
  if (things.size <= room.settled) return;
  const is = (standing: Standing) => (thing: T): boolean => standingOf(thing) === standing;
  keepNewest(things, room.settled, heard, is('settled'));
  keepNewest(things, room.others, heard, is('open'));
  const open = [...things.values()].filter(is('open')).length;
  keepNewest(things, room.others - open, heard, is('ended'));
}
