import { achievedAt } from '../facts/fold-milestone.js';
import { isAfter } from '../facts/mark.js';
import { dayOf, startOf, type EpochDay, type EpochMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';

export interface DueMilestone {
  readonly name: string;
  readonly dueOn: EpochDay;
  readonly onTime: boolean;
  readonly achieved: boolean;
  /** Signal that states the date or the miss, and when the milestone fell behind. */
  readonly evidence: string;
  readonly missedAt: EpochMs;
}

/** Milestones whose date passed (or that were called missed) within the last `windowDays`, by date. */
export function dueMilestones(view: AccountView, windowDays: number): DueMilestone[] {
  const found: DueMilestone[] = [];
  for (const milestone of view.facts.milestones.values()) {
    const { name, due, open } = milestone;
    const achieved = achievedAt(milestone);
    const calledMissed = open?.missed === true && (due === null || !isAfter(due, open)) ? open : null;
    const dueOn = calledMissed === null ? (due?.day ?? null) : Math.min(due?.day ?? dayOf(calledMissed.at), dayOf(calledMissed.at));
    if (dueOn === null || dueOn < view.today - windowDays) continue;
    const passed = calledMissed !== null || dueOn < view.today;
    // Reached before its date, it counts from that day on.
    if (!passed && achieved === null) continue;
    found.push({
      name: name.value,
      dueOn,
      achieved: achieved !== null,
      onTime: achieved !== null && dayOf(achieved.at) <= (due?.day ?? dueOn),
      evidence: calledMissed?.id ?? due?.id ?? name.id,
      missedAt: calledMissed?.at ?? startOf(dueOn + 1),
    });
  }
  return found.sort((a, b) => a.dueOn - b.dueOn || (a.evidence < b.evidence ? -1 : 1));
}
