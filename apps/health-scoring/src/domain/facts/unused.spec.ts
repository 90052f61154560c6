import type { SignalData, SignalKind } from '@perennial/contracts/signal';
import { Scenario } from '../../../test/scenario.js';
import { metricsWithoutGoal, unusedReason } from './unused.js';

const of = <K extends SignalKind>(kind: K, data: SignalData[K], extra: Parameters<Scenario['signal']>[3] = {}, day = 0): string | null => {
  const it = new Scenario();
  it.signal(0, 'usage', { event: 'e' });
  if (kind === 'license') for (let i = 0; i < 20; i += 1) it.signal(0, 'license', { seatsBought: 1 }, { product: `p${i}` });
  return unusedReason(it.signal(day, kind, data, extra), it.state);
};

it('says of each signal whether anything judges by it', () => {
  expect([
    of('survey', { type: 'ces', score: 3 }), of('survey', { type: 'nps', score: 3 }), of('person', { change: 'created' }), of('person', { change: 'created' }, { personId: 'p' }),
    of('usage', { event: 'e', quantity: 0 }), of('usage', { event: 'e' }, {}, -500), of('usage', { event: 'e' }, {}, -100), of('engagement', { type: 'mail', direction: 'outbound' }, { personId: 'p' }),
    of('engagement', { type: 'mail', direction: 'inbound' }, { personId: 'p' }), of('engagement', { type: 'meeting' }, { personId: 'p' }), of('engagement', { type: 'meeting', outcome: 'declined' }, { personId: 'p' }),
    of('license', { seatsBought: 1 }, { product: 'p21' }), of('license', { seatsBought: 1 }, { product: 'p3' }), of('note', { text: 't', author: 'a' }),
  ]).toEqual(['no_measure', null, 'no_person', null, 'nothing_used', 'too_old', null, 'own_mail', null, 'not_held', null, 'too_many_products', null, null]);
});

describe('metrics without a goal', () => {
  type Say = readonly ['metric' | 'goal', string, number, status?: SignalData['goal']['status']];
  const found = (said: readonly Say[]): [number, string] | null => {
    const it = new Scenario();
    for (const [kind, metric, day, status = 'set'] of said) {
      if (kind === 'metric') it.signal(day, kind, { metric, value: day }, { id: `${metric} on ${day}` });
      else it.signal(day, kind, { goalId: 'g', name: 'G', metric, baseline: 0, target: 10, dueOn: '2026-03-01', status }, { id: `goal on ${day}` });
    }
    const unused = metricsWithoutGoal(it.state.facts);
    return unused === null ? null : [unused.count, unused.newest.id];
  };

  it.each<[string, readonly Say[], ReturnType<typeof found>]>([
    ['none', [['goal', 'hours', 1]], null],
    ['of the goal', [['goal', 'hours', 1], ['metric', 'hours', 2]], null],
    ['of the goal, before it', [['metric', 'hours', 1], ['goal', 'hours', 2]], null],
    ['of a goal that was dropped', [['metric', 'hours', 1], ['goal', 'hours', 2], ['goal', 'hours', 3, 'dropped']], null],
    ['misspelt', [['goal', 'hours', 1], ['metric', 'Hours', 2], ['metric', 'hours', 3], ['metric', 'Hours', 4]], [2, 'Hours on 4']],
    ['of two names', [['metric', 'days', 1], ['metric', 'Hours', 2], ['metric', 'days', 3]], [3, 'days on 3']],
    ['of a name that the goal had before', [['metric', 'Hours', 1], ['goal', 'Hours', 2], ['goal', 'hours', 3]], [1, 'Hours on 1']],
  ])('%s, whatever comes first', (_, said, unused) => expect([found(said), found(said.toReversed())]).toEqual([unused, unused]));
});
