import type { SignalData, SignalKind } from '@perennial/contracts/signal';
import { Scenario } from '../../../test/scenario.js';
import { unusedReason } from './unused.js';

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
