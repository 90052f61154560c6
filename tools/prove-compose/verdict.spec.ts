import { Ledger } from '@perennial/testing/ledger';
import type { Delivery, TailedEvent } from './observe.js';
import { faultsOf } from './verdict.js';

const signal = (id: string, version: number): TailedEvent => ({ key: 'a', type: 'signal', data: { id, version } });
const change: TailedEvent = { key: 'a', type: 'risk', data: { accountId: 'a', version: 1, from: 'green', to: 'red' } };
const delivery: Delivery = { id: 'w1', verified: true, accountId: 'a', version: 1 };
const clean = {
  signals: [signal('a-contract', 1), signal('a-ticket', 2), signal('a-cancel', 3)],
  facts: ['a-contract', 'a-ticket', 'a-cancel'],
  changes: [change],
  deliveries: [delivery],
};

/** What the proof makes of one account's three signals, where this came of them. */
async function judged(found: Partial<typeof clean>): Promise<{ faults: string[]; said: string }> {
  const { signals, facts, changes, deliveries } = { ...clean, ...found };
  const ledger = new Ledger();
  for (const id of clean.facts) ledger.accept(id, 'a');
  const said: string[] = [];
  const observer = {
    topic: async (name: string) => (name === 'signals' ? signals : changes),
    call: async <T>() => ({ data: facts.map((id) => ({ id })) }) as T,
    deliveries: async () => deliveries,
  };
  const faults = await faultsOf({ ledger, accounts: ['a'], retries: 0 }, observer, 'secret', (text) => void said.push(text));
  return { faults, said: said.join('\n') };
}

describe('the verdict of prove:compose', () => {
  it('has no fault to find where each signal had one effect everywhere', async () => {
    expect((await judged({})).faults).toEqual([]);
  });

  it('tells of what was sent again under the same version or id, and takes it for no fault', async () => {
    const { faults, said } = await judged({ signals: [...clean.signals, signal('a-cancel', 3)], changes: [change, change], deliveries: [delivery, delivery] });
    expect(faults).toEqual([]);
    expect(said).toContain('0 doubled, 1 sent again under the same version');
    expect(said).toContain('1 of 1 accounts, 1 sent again under the same version; webhooks: 1 received, 1 sent again under the same id');
  });

  it.each<[string, Partial<typeof clean>, string]>([
    ['a signal that is not on the log', { signals: clean.signals.slice(0, 2) }, '1 signals lost: a-cancel'],
    ['a signal under two versions', { signals: [...clean.signals, signal('a-cancel', 4)] }, '1 signals doubled: a-cancel'],
    ['signals in another order', { signals: [signal('a-ticket', 1), signal('a-contract', 2), signal('a-cancel', 3)] }, '1 signals outOfOrder: a-contract'],
    ['a signal that nobody sent', { signals: [...clean.signals, signal('a-other', 4)] }, '1 signals unexpected: a-other'],
    ['two events of one version', { changes: [change, { ...change, data: { ...change.data, from: 'yellow' } }] }, 'two different events are called a/1'],
    ['a fact that is not in the database', { facts: ['a-contract', 'a-ticket'] }, 'facts of a: a-contract, a-ticket'],
    ['a fact twice in the database', { facts: [...clean.facts, 'a-ticket'] }, 'facts of a: a-cancel, a-contract, a-ticket, a-ticket'],
    ['no risk change', { changes: [], deliveries: [] }, 'risk changes of a: none'],
    ['a second risk change', { changes: [change, { ...change, data: { ...change.data, version: 2 } }] }, 'risk changes of a: green>red, green>red'],
    ['no webhook', { deliveries: [] }, 'no webhook for risk change a/1'],
    ['a webhook under two ids', { deliveries: [delivery, { ...delivery, id: 'w2' }] }, 'risk change a/1 came under 2 ids'],
    ['a webhook for nothing', { deliveries: [delivery, { ...delivery, version: 7 }] }, 'a webhook for a/7, which is no risk change'],
    ['a forged webhook', { deliveries: [{ ...delivery, verified: false }] }, '1 webhooks with a wrong signature'],
  ])('finds %s', async (_what, found, fault) => {
    expect((await judged(found)).faults).toContain(fault);
  });
});
