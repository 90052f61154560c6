import { jest } from '@jest/globals';
import { signalsTopic } from '@perennial/contracts/topics';
import type { Transaction } from '@perennial/persistence/transaction';
import { DeadLetterWriter, type RefusedRecord } from './dead-letter-writer.js';
import { RelayNudge } from './relay-nudge.js';

const refused: RefusedRecord = {
  record: { offset: 7n, key: 'acme', value: Buffer.from('no event'), headers: {}, timestamp: new Date(0) },
  refusal: { class: 'undecodable', code: 'not_json', message: 'not JSON' },
  replayOf: null,
};

describe('DeadLetterWriter', () => {
  it.each([[[refused], 1], [[], 0]])('wakes the relay once the letters are committed, and not before', async (records, wakes) => {
    const afterCommit: (() => unknown)[] = [];
    const tx = { query: async () => [], afterCommit: (work: () => unknown) => void afterCommit.push(work) } as unknown as Transaction;
    const relay = new RelayNudge();
    const woken = jest.fn();
    relay.listen(woken);
    await new DeadLetterWriter('health-scoring', '1.0.0', relay).write(tx, signalsTopic, 3, records);
    expect(woken).not.toHaveBeenCalled();
    for (const work of afterCommit) work();
    expect(woken).toHaveBeenCalledTimes(wakes);
  });
});
