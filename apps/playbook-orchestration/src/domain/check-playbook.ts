import { faultOf, type Fault } from '@perennial/contracts/validator';
import { endOfTrack, PlaybookDocument, type Step, type Track } from './playbook-document.js';

const placeholders = ['account', 'noticeOn', 'groups', 'text'];

/**
 * Null when `value` is a playbook that can be run, else its first fault. Beyond the schema: ids are unique,
 * and steps only lead forward, so a run always comes to an end (no cycle, no loop without delay).
 */
export function faultOfPlaybook(value: unknown): Fault | null {
  const fault = faultOf(PlaybookDocument, value);
  if (fault) return fault;
  const { tracks } = value as PlaybookDocument;
  const twice = repeated(tracks.map((track) => track.id));
  if (twice) return { pointer: '/tracks', detail: `two tracks are called ${twice}: ids must be unique` };
  for (const [index, track] of tracks.entries()) {
    const found = faultOfTrack(track, `/tracks/${index}`);
    if (found) return found;
  }
  return null;
}

function faultOfTrack(track: Track, pointer: string): Fault | null {
  const ids = track.steps.map((step) => step.id);
  const twice = repeated(ids);
  if (twice) return { pointer: `${pointer}/steps`, detail: `two steps are called ${twice}: ids must be unique` };
  for (const [index, step] of track.steps.entries()) {
    const place = `${pointer}/steps/${index}`;
    if (step.id === endOfTrack) return { pointer: `${place}/id`, detail: `${endOfTrack} means the end of the track: choose another id` };
    for (const target of targets(step)) {
      if (target !== endOfTrack && ids.indexOf(target) <= index) return { pointer: place, detail: `leads to ${target}, which must be a later step of this track or ${endOfTrack}` };
    }
    if (step.kind === 'task') {
      const unknown = [...step.title.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] ?? '').find((name) => !placeholders.includes(name));
      if (unknown !== undefined) return { pointer: `${place}/title`, detail: `{${unknown}} is not known: use ${placeholders.map((name) => `{${name}}`).join(', ')}` };
    }
    if (countsFromNotice(step) && track.trigger.on !== 'renewal') return { pointer: place, detail: 'only a renewal has a notice date to count from' };
  }
  if (track.trigger.on === 'savePlanReview') {
    const { decision } = track.trigger;
    if (track.steps.find((step) => step.id === decision)?.kind !== 'task') return { pointer: `${pointer}/trigger/decision`, detail: 'must name a task of this track' };
  }
  return null;
}

function targets(step: Step): string[] {
  if (step.kind === 'branch') return [...Object.values(step.to), step.otherwise];
  return step.then === undefined ? [] : [step.then];
}

function countsFromNotice(step: Step): boolean {
  if (step.kind === 'task') return 'businessDaysBeforeNotice' in step.due;
  return step.kind === 'wait' && 'daysBeforeNotice' in step.until;
}

function repeated(ids: readonly string[]): string | undefined {
  return ids.find((id, index) => ids.indexOf(id) !== index);
}
