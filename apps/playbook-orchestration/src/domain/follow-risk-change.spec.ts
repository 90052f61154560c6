import { command, runningRun, type Desk } from './desk.js';
import { desk, office, riskChange, tasksIn } from '../../test/desk-fixture.js';
import { followRiskChange } from './follow-risk-change.js';
import { pendingWaits } from './run.js';
import type { RiskChange } from '@perennial/contracts/health';

const at = '2026-11-24T09:00:00.000Z'; // a Tuesday
const follow = (on: Desk, change: RiskChange, id = 'e1', when = at) => followRiskChange(on, { ...change, version: Number(id.slice(1)) }, { id, at: when }, office());
const titles = (on: Desk) => tasksIn(on, 'risk-response').map((task) => task.title);

describe('the response to risk', () => {
  it('starts once on green to red, with tasks for the owner by the leading cause', () => {
    const after = follow(desk(), riskChange('green', 'red'));
    expect(after.runs).toMatchObject([{ playbook: { id: 'risk-response', revision: 1 }, trigger: 'risk green to red', state: 'running' }]);
    expect(tasksIn(after, 'risk-response')).toMatchObject([
      { title: 'Find out at Acme who stopped using what, and why', ownerId: 'olga', dueOn: '2026-11-26', state: 'open' },
      { title: 'Agree a way back to green with Acme', ownerId: 'olga', dueOn: '2026-12-01', state: 'open' },
    ]);
    expect(pendingWaits(after.runs[0]!)).toMatchObject([{ until: '2026-12-08T00:00:00.000Z' }]);
  });

  it.each([
    ['people', [{ indicator: 'sponsor_change', text: '', evidence: [] }], 'Confirm who stands for us at Acme now, and arrange an introduction'],
    ['support', [{ indicator: 'urgent_ticket_open', text: '', evidence: [] }], 'Agree dates for the open tickets of Acme with support'],
    ['voice', [{ measure: 'survey', text: '', evidence: [] }], 'Call Acme back about what they told us'],
    ['delivery', [{ indicator: 'unheard_of', text: '', evidence: [] }, { indicator: 'milestone_missed', text: '', evidence: [] }], 'Plan the missed milestones and goals of Acme anew'],
    ['commercial', [{ indicator: 'cancel_scheduled', text: '', evidence: [] }], 'Clear the commercial question with Acme'],
    ['no cause that is known', [{ indicator: '__proto__', text: '', evidence: [] }], 'Review Acme and name the cause of its risk'],
  ])('goes by the cause: %s', (_, reasons, title) => {
    expect(titles(follow(desk(), riskChange('green', 'amber', { reasons, strikes: { count: 0, groups: [] } })))[0]).toBe(title);
  });

  it('is updated, not doubled, by a second red event', () => {
    const first = follow(desk(), riskChange('green', 'red'));
    const second = follow(first, riskChange('amber', 'red', { reasons: [{ indicator: 'gone_dark', text: 'Nobody came for two weeks', evidence: [] }] }), 'e2', '2026-11-25T09:00:00.000Z');
    expect(second.runs).toHaveLength(1);
    expect(second.runs[0]).toMatchObject({ id: first.runs[0]!.id, updatedAt: '2026-11-25T09:00:00.000Z', threads: [{ facts: { text: 'Nobody came for two weeks' } }] });
    expect(titles(second)).toEqual(titles(first));
  });

  it('changes nothing when the same event comes twice', () => {
    const first = follow(desk(), riskChange('green', 'red'));
    expect(follow(first, riskChange('green', 'red'))).toBe(first);
    expect(follow(desk(), riskChange('green', 'red')).runs).toEqual(first.runs);
  });

  it('is not started by an old change that is replayed after a newer one', () => {
    const green = follow(follow(desk(), riskChange('green', 'red'), 'e1'), riskChange('red', 'green'), 'e3');
    expect(follow(green, riskChange('green', 'red'), 'e2')).toBe(green);
  });

  it.each(['restatement', 'import', 'revision'] as const)('is not started by a %s, but a running one is updated', (cause) => {
    expect(follow(desk(), riskChange('green', 'red', { cause })).runs).toEqual([]);
    const running = follow(desk(), riskChange('green', 'amber'));
    expect(follow(running, riskChange('amber', 'red', { cause }), 'e2').runs).toMatchObject([{ threads: [{ facts: { riskLevel: 'red' } }] }]);
  });

  it('is not started before the account goes live', () => {
    expect(follow(desk({ goLive: '2026-11-25' }), riskChange('green', 'red')).runs).toEqual([]);
    expect(follow(desk({ goLive: '2026-11-24' }), riskChange('green', 'red')).runs).toHaveLength(1);
  });

  it('closes itself with an outcome when the account is green again, and starts anew after a relapse', () => {
    const running = follow(desk(), riskChange('green', 'red'));
    const green = follow(running, riskChange('red', 'green'), 'e2', '2026-11-26T09:00:00.000Z');
    expect(green.runs).toMatchObject([{ state: 'exited', outcome: 'risk_cleared', endedAt: '2026-11-26T09:00:00.000Z' }]);
    expect(tasksIn(green, 'risk-response').map((task) => [task.state, task.reason])).toEqual(Array(2).fill(['cancelled', 'the risk level is green again']));
    expect(pendingWaits(green.runs[0]!)).toEqual([]);
    const relapsed = follow(green, riskChange('green', 'amber'), 'e3', '2026-12-26T09:00:00.000Z');
    expect(relapsed.runs.map((run) => run.state)).toEqual(['exited', 'running']);
    expect(relapsed.runs[1]!.id).not.toBe(relapsed.runs[0]!.id);
  });

  it('stays open for an unknown level: nobody knows whether the risk is gone', () => {
    const running = follow(desk(), riskChange('green', 'red'));
    expect(follow(running, riskChange('red', 'unknown'), 'e2').runs).toBe(running.runs);
  });

  it('takes a red account to the manager after two weeks, an amber one not', () => {
    const later = (level: 'amber' | 'red') => {
      const running = follow(desk(), riskChange('green', level));
      const waitId = pendingWaits(running.runs[0]!)[0]!.id;
      return titles(command(running, 'risk-response', { type: 'end-wait', waitId, at: '2026-12-08T00:00:00.000Z' }, office())).at(-1);
    };
    expect(later('red')).toBe('Take Acme to your manager: red after two weeks of work');
    expect(later('amber')).toBe('Check with Acme whether the way back to green works');
  });

  it('keeps the revision it started with', () => {
    const [shipped] = office().shelf.newest;
    const next = { ...shipped!, revision: 2, tracks: [{ ...shipped!.tracks[0]!, steps: [{ id: 'only', kind: 'task' as const, title: 'New way', due: { businessDaysAfterTrigger: 1 } }] }] };
    const both = office([next], [shipped!]);
    const old = follow(desk(), riskChange('green', 'red'));
    const waitId = pendingWaits(old.runs[0]!)[0]!.id;
    const moved = command(old, 'risk-response', { type: 'end-wait', waitId, at: '2026-12-08T00:00:00.000Z' }, both);
    expect(runningRun(moved, 'risk-response')).toMatchObject({ playbook: { revision: 1 } });
    expect(titles(moved)).toHaveLength(3);
    expect(followRiskChange(desk(), riskChange('green', 'red'), { id: 'e9', at }, both).runs).toMatchObject([{ playbook: { revision: 2 } }]);
  });
});
