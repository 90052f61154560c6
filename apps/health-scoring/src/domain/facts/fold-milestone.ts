import type { SignalData, SignalOf } from '@perennial/contracts/signal';
import { parseDay, type EpochDay } from '../time/day.js';
import { shortName } from './keep-newest.js';
import { keepOpen, type Standing } from './keep-open.js';
import { earliest, latest, type Mark } from './mark.js';

export interface MilestoneFacts {
  name: Mark & { readonly value: string };
  /** The date in force: the one stated last. */
  due: (Mark & { readonly day: EpochDay }) | null;
  achieved: Mark | null;
  missed: Mark | null;
  /** Null only for one that was last heard of by a version that did not keep it. */
  phase: (Mark & { readonly value: SignalData['milestone']['phase'] }) | null;
  /** A signal said `planned`; taken for granted in rows that did not keep it. */
  begun: boolean;
}

const room = { settled: 100, others: 500 };

export function foldMilestone(milestones: Map<string, MilestoneFacts>, signal: SignalOf<'milestone'>, mark: Mark): void {
  const { milestoneId, name, phase, status, dueOn } = signal.data;
  const named = { ...mark, value: shortName(name) };
  let milestone = milestones.get(milestoneId);
  if (milestone === undefined) milestones.set(milestoneId, (milestone = { name: named, due: null, achieved: null, missed: null, phase: null, begun: false }));
  else milestone.name = latest(milestone.name, named);
  milestone.phase = latest(milestone.phase, { ...mark, value: phase });
  if (dueOn !== undefined) milestone.due = latest(milestone.due, { ...mark, day: parseDay(dueOn) });
  if (status === 'planned') milestone.begun = true;
  if (status === 'achieved') milestone.achieved = earliest(milestone.achieved, mark);
  if (status === 'missed') milestone.missed = latest(milestone.missed, mark);
  keepOpen(milestones, room, standingOf, (known) => known.name);
}

const standingOf = ({ achieved, begun }: MilestoneFacts): Standing => (achieved === null ? 'open' : begun ? 'settled' : 'ended');
