import { isAfter, type Mark } from './mark.js';

/**
 * Bounds a set of things by id: above `limit` it forgets the one heard of longest ago. Below the limit the
 * order of arrival does not matter. Things that are not `among` those meant are neither counted nor forgotten.
 */
export function keepNewest<T>(things: Map<string, T>, limit: number, heard: (thing: T) => Mark, among: (thing: T) => boolean = () => true): void {
  while (things.size > limit) {
    let size = 0;
    let oldest: [string, Mark] | null = null;
    for (const [id, thing] of things) {
      if (!among(thing)) continue;
      size += 1;
      const mark = heard(thing);
      if (oldest === null || isAfter(oldest[1], mark)) oldest = [id, mark];
    }
    if (oldest === null || size <= limit) return;
    things.delete(oldest[0]);
  }
}

/** Names are shown, not compared: a long one is cut. */
export const shortName = (name: string): string => (name.length <= 80 ? name : `${name.slice(0, 79)}…`);
