import { messageOf, type Telemetry } from './telemetry-message.js';

const record = (data: unknown) => ({ type: 'perennial.signal.pulse.v1', key: 'k', data, envelope: { id: 'e1', source: 'crm' }, receivedAt: new Date(1000) }) as unknown as Parameters<typeof messageOf>[0] & Telemetry;

describe('a foreign record of the telemetry topic', () => {
  it.each<[string, unknown, unknown]>([
    ['without a kind gets that of its type', { accountId: 'acme' }, { accountId: 'acme', kind: 'pulse' }],
    ['with the same kind stays', { kind: 'pulse' }, { kind: 'pulse' }],
    ['with another kind says both', { kind: 'note' }, { kind: '"note" (ce_type says pulse)' }],
    ['with a kind that has no text is read all the same', { kind: { toString: 1, valueOf: null } }, { kind: '{"toString":1,"valueOf":null} (ce_type says pulse)' }],
    ['that is no object is kept as a value', [1], { kind: 'pulse', value: [1] }],
  ])('%s', (_name, data, body) => {
    expect(messageOf(record(data), 0, 2000).body).toEqual(body);
  });
});
