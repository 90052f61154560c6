import { keepNewest } from './keep-newest.js';
import type { Mark } from './mark.js';

/** Where a thing stands. One that `ended` and whose beginning nobody told yet waits for it: forgotten before, the beginning alone would look open. */
export type Standing = 'settled' | 'ended' | 'open';

/** How many things are remembered: of settled ones, and as many of open ones as of those that ended. */
interface Room {
  readonly settled: number;
  readonly others: number;
}

/** How many things that is at most. */
export const mostIn = ({ settled, others }: Room): number => settled + 2 * others;

/** Bounds a set of things by id: none makes room for one of another standing. In each the one heard of longest ago goes first. */
export function keepOpen<T>(things: Map<string, T>, room: Room, standingOf: (thing: T) => Standing, heard: (thing: T) => Mark): void {
  if (things.size <= room.settled) return;
  const is = (standing: Standing) => (thing: T): boolean => standingOf(thing) === standing;
  keepNewest(things, room.settled, heard, is('settled'));
  keepNewest(things, room.others, heard, is('open'));
  // Were theirs what the open ones leave, one beginning that comes too late would let go of the next that waits for its own.
  keepNewest(things, room.others, heard, is('ended'));
}
