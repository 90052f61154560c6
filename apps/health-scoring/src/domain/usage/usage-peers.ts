import type { EpochDay } from '../time/day.js';
import { median } from './usage-windows.js';

/** Smallest number of contacts of each class but the first: accounts are compared with those of about their size. */
const classStarts = [5, 20, 100, 500];

/** Class of an account with `contacts` contacts in use within four weeks, 0 (up to 4) to 4 (500 and more). */
export const sizeClassOf = (contacts: number): number => classStarts.filter((start) => contacts >= start).length;

/** An account's use as a share of its reference, and how large it is. */
export interface ComparedUse {
  readonly level: number;
  readonly sizeClass: number;
}

/** Where the accounts of one size stood on one day: median of their levels, and the median distance from it. */
export interface PeerLevel {
  readonly accounts: number;
  readonly median: number;
  readonly distance: number;
}

/** What the use of other accounts of the same size did on the same days. */
export interface UsagePeers {
  /** Null where none were compared on `day`. */
  levelOn(day: EpochDay, sizeClass: number): PeerLevel | null;
}

export const noPeers: UsagePeers = { levelOn: () => null };

/** The levels of one day by size class. */
export function peerLevelsOf(used: readonly ComparedUse[]): Map<number, PeerLevel> {
  const levels = new Map<number, PeerLevel>();
  for (const sizeClass of new Set(used.map((use) => use.sizeClass))) {
    const own = used.filter((use) => use.sizeClass === sizeClass).map(({ level }) => level);
    const middle = median(own);
    levels.set(sizeClass, { accounts: own.length, median: middle, distance: median(own.map((level) => Math.abs(level - middle))) });
  }
  return levels;
}

export interface PeerRule {
  readonly fewestPeers: number;
  /** Robust standard deviations from the peers' median. */
  readonly peerZ: number;
}

/**
 * The level below which an account's use is low among its peers; null with too few of them. By median and distance, not by a percentile
 * of the levels themselves: accounts that fall together would hide each other behind it.
 */
export const lowLevel = (peers: PeerLevel | null, rule: PeerRule): number | null =>
  peers === null || peers.accounts < rule.fewestPeers ? null : peers.median + rule.peerZ * 1.4826 * peers.distance;
