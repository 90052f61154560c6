import { isAfter, type Mark } from './mark.js';

/**
 * Bounds a set of things by id: above `limit` it forgets the one heard of longest ago. Below the limit the
 * order of arrival does not matter.
 */
export function keepNewest<T>(things: Map<string, T>, limit: number, heard: (thing: T) => Mark): void {
  while (things.size > limit) {
    let oldest: [string, Mark] | null = null;
    for (const [id, thing] of things) {
      const mark = heard(thing);
      if (oldest === null || isAfter(oldest[1], mark)) oldest = [id, mark];
    }
    if (oldest === null) return;
    things.delete(oldest[0]);
  }
}

/** Names are shown, not compared: a long one is cut. */
export const shortName = (name: string): string => (name.length <= 80 ? name : `${name.slice(0, 79)}…`);
