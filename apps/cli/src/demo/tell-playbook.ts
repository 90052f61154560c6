import type { RunChanged, TaskChanged } from '@perennial/contracts/playbook';
import { isWorkday } from './book-calendar.js';
import { mustBe } from './story-broke.js';
import type { StoryTeller } from './story-teller.js';

/** A run and what it asks of whom by when. */
export function tellRun(teller: StoryTeller, run: RunChanged, tasks: readonly TaskChanged[], ownerId: string, today: string): void {
  teller.say(`Playbook ${run.playbook.id}, started by "${run.trigger}": ${run.state}, ${tasks.length} open tasks`);
  tellTasks(teller, tasks);
  for (const task of tasks) {
    mustBe(task.ownerId === ownerId, 'the owner of a task', `"${task.title}" is ${task.ownerId ?? 'nobody'}'s, the account is ${ownerId}'s`);
    mustBe(task.dueOn >= today && isWorkday(task.dueOn), 'the date of a task', `"${task.title}" is due on ${task.dueOn}`);
  }
}

export function tellTasks(teller: StoryTeller, tasks: readonly TaskChanged[]): void {
  for (const { title, ownerId, dueOn } of tasks) teller.pair(`due ${dueOn}`, `${title} (${ownerId ?? 'unassigned'})`, 14);
}
