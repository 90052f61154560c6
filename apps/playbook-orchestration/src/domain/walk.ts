import { stepRecordId } from './ids.js';
import { dueDay, waitEnd } from './planning.js';
import { stepAfter, stepNamed, trackOf, type Step, type Track } from './playbook-document.js';
import type { Recorder } from './recorder.js';
import type { RunSetting } from './run-commands.js';
import type { Facts, Thread } from './run.js';

/** Takes every step of a thread that can be taken now; stops at a wait, an awaited task or the end. */
export function walk(on: Recorder, threadId: string, setting: RunSetting, at: string): void {
  for (;;) {
    const thread = on.thread(threadId);
    const track = ownTrack(thread, setting);
    const step = isHeld(thread, track) ? null : nextStep(thread, track);
    if (step === null) return;
    take(on, step, thread, setting, at);
  }
}

/** True once every step was taken and nothing of the thread is pending. */
export function isThrough(thread: Thread, setting: RunSetting): boolean {
  const track = ownTrack(thread, setting);
  return nextStep(thread, track) === null && thread.steps.every((step) => step.state !== 'open' && step.state !== 'waiting' && step.state !== 'cancelled');
}

export function ownTrack(thread: Thread, setting: RunSetting): Track {
  const track = trackOf(setting.document, thread.track);
  if (!track) throw new Error(`playbook ${setting.document.id} revision ${setting.document.revision} has no track ${thread.track}`);
  return track;
}

function take(on: Recorder, step: Step, thread: Thread, setting: RunSetting, at: string): void {
  const id = stepRecordId(thread.id, step.id);
  const { calendar } = setting;
  switch (step.kind) {
    case 'task': {
      const dueOn = dueDay(step.due, thread, calendar.dayOf(at), calendar);
      const title = titleOf(step.title, thread.facts, setting.accountName);
      return on.emit({ type: 'task-opened', thread: thread.id, id, step: step.id, title, ownerId: setting.ownerId, dueOn, at });
    }
    case 'wait': {
      const until = waitEnd(step.until, thread, at, calendar);
      on.emit({ type: 'wait-started', thread: thread.id, id, step: step.id, until, at });
      if (until <= at) on.emit({ type: 'wait-ended', id, state: 'elapsed', at });
      return;
    }
    case 'branch': {
      const arm = thread.facts[step.on] ?? '';
      const target = (Object.hasOwn(step.to, arm) ? step.to[arm] : undefined) ?? step.otherwise;
      return on.emit({ type: 'branch-taken', thread: thread.id, id, step: step.id, arm, target, at });
    }
  }
}

/** The step after the last one taken; null at the end of the track. */
function nextStep(thread: Thread, track: Track): Step | null {
  const last = thread.steps.at(-1);
  if (!last) return track.steps[0] ?? null;
  if (last.kind === 'branch') return stepNamed(track, last.target);
  const step = stepNamed(track, last.step);
  return step === null ? null : stepAfter(track, step);
}

function isHeld(thread: Thread, track: Track): boolean {
  const last = thread.steps.at(-1);
  if (thread.cleared !== null) return true;
  if (last?.kind === 'wait') return last.state === 'waiting';
  if (last?.kind !== 'task' || last.state !== 'open') return false;
  const step = stepNamed(track, last.step);
  return step?.kind === 'task' && step.awaited === true;
}

function titleOf(template: string, facts: Facts, account: string): string {
  const words: Record<string, string> = { account, noticeOn: facts.noticeOn ?? '', groups: (facts.groups ?? []).join(', '), text: facts.text ?? '' };
  return template.replace(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '');
}
