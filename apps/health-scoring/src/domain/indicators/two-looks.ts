import type { ActiveIndicator } from '../state.js';
import { weekOf } from '../time/account-week.js';
import type { AccountView } from '../verdict/account-view.js';

/**
 * True when what `holds` now held at the last two weekly looks running (the first look in each account-week), or is raised
 * already. For what the facts cannot tell again of last week: it is remembered, so it follows the sequence of looks.
 */
export function heldOnTwoLooks(view: AccountView, kind: string, holds: boolean, active: ActiveIndicator | null): boolean {
  const { memory } = view.state;
  const week = weekOf(view.today, view.weekday);
  const known = memory.weekly.find((look) => look.kind === kind);
  if (known?.week !== week) {
    memory.weekly = memory.weekly.filter((look) => look !== known);
    if (holds) memory.weekly = [...memory.weekly, { kind, week, times: known?.week === week - 1 ? known.times + 1 : 1 }];
  }
  return holds && (active !== null || (memory.weekly.find((look) => look.kind === kind)?.times ?? 0) > 1);
}
