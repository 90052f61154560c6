import { shippedPlaybooks } from '../playbooks/shipped-playbooks.js';
import { faultOfPlaybook } from './check-playbook.js';
import type { PlaybookDocument, Step, Trigger } from './playbook-document.js';

const task = (id: string, more: object = {}): Step => ({ id, kind: 'task', title: 'Do it', due: { businessDaysAfterTrigger: 1 }, ...more });
const book = (steps: readonly Step[], trigger: Trigger = { on: 'risk', levels: ['red'] }): PlaybookDocument => ({ id: 'p', revision: 1, title: 'P', description: '', tracks: [{ id: 't', trigger, steps: [...steps] }] });

describe('a playbook', () => {
  it.each(shippedPlaybooks.map((playbook) => [playbook.id, playbook] as const))('%s as shipped is sound', (_, playbook) => {
    expect(faultOfPlaybook(playbook)).toBeNull();
  });

  it.each([
    ['a step that leads to itself', book([task('a', { then: 'a' })]), '/tracks/0/steps/0'],
    ['a cycle', book([task('a'), task('b', { then: 'a' })]), '/tracks/0/steps/1'],
    ['a branch into nothing', book([{ id: 'a', kind: 'branch', on: 'riskLevel', to: { red: 'nowhere' }, otherwise: 'end' }]), '/tracks/0/steps/0'],
    ['two steps of one name', book([task('a'), task('a')]), '/tracks/0/steps'],
    ['a step called end', book([task('end')]), '/tracks/0/steps/0/id'],
    ['an unknown word in a title', book([task('a', { title: 'For {who}' })]), '/tracks/0/steps/0/title'],
    ['a notice date without a renewal', book([{ id: 'a', kind: 'wait', until: { daysBeforeNotice: 3 } }]), '/tracks/0/steps/0'],
    ['a review decided by no task', book([task('a')], { on: 'savePlanReview', decision: 'b' }), '/tracks/0/trigger/decision'],
    ['no steps', book([]), '/tracks/0/steps'],
    ['1e5 steps', book(Array.from({ length: 1e5 }, (_, n) => task(`s${n}`))), '/tracks/0/steps'],
  ])('%s is refused', (_, playbook, pointer) => {
    expect(faultOfPlaybook(playbook)?.pointer).toBe(pointer);
  });
});
