/** Why a term does not count at a lead, by its code; what was read has the codes from `read` on. */
export const left = ['decided', 'outside', 'unread'] as const;
export const read = left.length;

/** Points, scores and days are whole numbers from 0. */
export const none = -1;
export const orNull = (value: number): number | null => (value === none ? null : value);

/** Flags of a term. */
export const isLost = 1;
export const isWatched = 2;
