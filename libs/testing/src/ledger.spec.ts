import { Ledger } from './ledger.js';

function ledgerOf(...ids: string[]): Ledger {
  const ledger = new Ledger();
  for (const id of ids) ledger.accept(id, id.slice(0, 1));
  return ledger;
}

describe('ledger', () => {
  it('finds nothing where every id has one effect, in order per key', () => {
    const findings = ledgerOf('a1', 'b1', 'a2').check(['b1', 'a1', 'a2']);
    expect(findings).toEqual({ accepted: 3, effects: 3, lost: [], doubled: [], unexpected: [], outOfOrder: [] });
  });

  it('names what was lost, doubled, never accepted and out of order', () => {
    const findings = ledgerOf('a1', 'a2', 'a3', 'b1').check(['a2', 'a2', 'a1', 'c9', 'b1']);
    expect(findings).toMatchObject({ lost: ['a3'], doubled: ['a2'], unexpected: ['c9'], outOfOrder: ['a1'] });
  });

  it('takes a call without an answer for one effect or none', () => {
    const ledger = ledgerOf('a1');
    ledger.maybe('a2', 'a');
    expect(() => ledger.verify(['a1'])).not.toThrow();
    expect(() => ledger.verify(['a1', 'a2'])).not.toThrow();
    expect(() => ledger.verify(['a1', 'a2', 'a2'])).toThrow('1 doubled (a2)');
  });
});
