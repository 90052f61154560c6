import type { SignalData, SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { shortName } from './keep-newest.js';
import { keepOpen, type Standing } from './keep-open.js';
import { isAfter, latest, type Mark } from './mark.js';

export interface MilestoneFacts {
  name: Mark & { readonly value: string };
  /** The date in force: the one stated last. */
  due: (Mark & { readonly day: EpochDay }) | null;
  /** The newest word that it is still to come, or was missed. */
  open: (Mark & { readonly missed: boolean }) | null;
  /** What was said since then of its being achieved, oldest first. The first word counts; a late one that it was open may drop it. */
  achieved: Mark[];
  /** Null only for one that was last heard of by a version that did not keep it. */
  phase: (Mark & { readonly value: SignalData['milestone']['phase'] }) | null;
  /** A signal said `planned`; taken for granted in rows that did not keep it. */
  begun: boolean;
}

const room = { settled: 100, others: 500 };
/** Kept are the first of them and the newest. Up to this limit the order of arrival does not matter. */
const mostAchieved = 4;

export function foldMilestone(milestones: Map<string, MilestoneFacts>, signal: SignalOf<'milestone'>, mark: Mark): void {
  const { milestoneId, name, phase, status, dueOn } = signal.data;
  const named = { ...mark, value: shortName(name) };
  let milestone = milestones.get(milestoneId);
  if (milestone === undefined) milestones.set(milestoneId, (milestone = { name: named, due: null, open: null, achieved: [], phase: null, begun: false }));
  else milestone.name = latest(milestone.name, named);
  milestone.phase = latest(milestone.phase, { ...mark, value: phase });
  if (dueOn !== undefined) milestone.due = latest(milestone.due, { ...mark, day: parseDay(dueOn) });
  if (status === 'planned') milestone.begun = true;
  if (status !== 'achieved') milestone.open = latest(milestone.open, { ...mark, missed: status === 'missed' });
  else if (milestone.achieved.every(({ id }) => id !== mark.id)) milestone.achieved.push(mark);
  const { open } = milestone;
  milestone.achieved = milestone.achieved.filter((word) => isSince(open, word)).sort((a, b) => (isAfter(a, b) ? 1 : -1));
  if (milestone.achieved.length > mostAchieved) milestone.achieved.splice(1, 1);
  keepOpen(milestones, room, standingOf, (known) => known.name);
}

const isSince = (open: Mark | null, word: Mark): boolean => open === null || isAfter(word, open);

/** Since when it is achieved, as the newest word has it; null: it is not. */
export const achievedAt = ({ open, achieved }: MilestoneFacts): Mark | null => achieved.find((word) => isSince(open, word)) ?? null;

const standingOf = (milestone: MilestoneFacts): Standing => (achievedAt(milestone) === null ? 'open' : milestone.begun ? 'settled' : 'ended');
