import type { Signal } from '@perennial/contracts/signal';
import fc from 'fast-check';
import { resolved, someSignals, start } from '../../../test/random-signals.js';
import { aliveAt, csmLedScorecard, kindsOf, Scenario } from '../../../test/scenario.js';
import { applySignal, initialState } from '../account-health.js';
import { look, type Verdict } from '../look.js';
import { dayMs } from '../time/day.js';

const ofImports = new Set(['import-1']);
const verdictOn = (signals: readonly Signal[], uncounted?: ReadonlySet<string>): Verdict => {
  const state = initialState('acme');
  for (const signal of signals) applySignal(state, signal);
  const asOf = start + 131 * dayMs;
  return look(state, { asOf, cause: 'signal', scorecard: csmLedScorecard, sources: aliveAt(asOf), ...(uncounted && { uncounted }) })!;
};
const saidBy = (signals: readonly Signal[], importId: string): Set<string> => new Set(signals.flatMap((signal) => (signal.importId === importId ? [signal.id] : [])));
const people = ({ health }: Verdict) => health.indicators.filter(({ group }) => group === 'people');
/** As if somebody else had said it. */
const unmarked = ({ importId: _, ...signal }: Signal): Signal => signal;
const comparable = ({ health }: Verdict) => ({ ...health, indicators: health.indicators.map(({ id: _id, ...rest }) => rest) });

describe('what an import says of contacts that changed (H13)', () => {
  it('raises nothing while the import counts for nothing, whatever else is told', () => {
    fc.assert(
      fc.property(someSignals, (stories) => {
        const signals = resolved(stories);
        const own = saidBy(signals, 'import-1');
        expect(people(verdictOn(signals, ofImports)).filter(({ evidence }) => evidence.some((id) => own.has(id)))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
  it('counts as if it had been told without a mark, once it counts', () => {
    fc.assert(
      fc.property(someSignals, (stories) => {
        const signals = resolved(stories);
        expect(comparable(verdictOn(signals))).toEqual(comparable(verdictOn(signals.map(unmarked))));
      }),
      { numRuns: 400 },
    );
  });
  it('is no evidence where it does not count: people are judged as if it had said nothing but their roles', () => {
    const values = fc.record({ change: fc.constantFrom('updated', 'deactivated', 'bounced', 'departed'), title: fc.constantFrom('CEO', 'Buyer'), company: fc.constantFrom('Acme', 'Globex') }, { requiredKeys: ['change'] });
    fc.assert(
      fc.property(someSignals, fc.array(fc.tuple(fc.constantFrom('s', 'c', 'p'), fc.integer({ min: 100, max: 130 }), values), { minLength: 1, maxLength: 12 }), (stories, words) => {
        // What others say in words of their own: of a value that both state, the first counts.
        const others = resolved(stories).map((signal) => {
          if (signal.kind !== 'person') return signal;
          const { title, company } = signal.data;
          return { ...unmarked(signal), data: { ...signal.data, ...(title && { title: `Old ${title}` }), ...(company && { company: `Old ${company}` }) } } as Signal;
        });
        const told = new Scenario('acme');
        const imported = words.map(([personId, day, data]) => told.person(day, personId, data, 'import-1'));
        // Who tells of a person last is known by nobody else, so only signs of people are compared.
        expect(people(verdictOn([...others, ...imported], ofImports)).map(({ kind, text, evidence }) => ({ kind, text, evidence })))
          .toEqual(people(verdictOn(others)).map(({ kind, text, evidence }) => ({ kind, text, evidence })));
      }),
      { numRuns: 400 },
    );
  });

  const sponsored = (): Scenario => {
    const it = new Scenario().account({}, -400).use(-1, -1, 5, ['s']);
    it.person(-300, 's', { change: 'created', name: 'Sam', title: 'CFO', company: 'Acme', roles: ['executive_sponsor'] });
    it.person(-300, 'c', { change: 'created', name: 'Cleo', roles: ['champion'] });
    return it;
  };
  const asked = { uncounted: new Set(['crm']) };
  it.each([
    ['a company', { change: 'updated' as const, company: 'Globex' }],
    ['a deactivation', { change: 'deactivated' as const }],
    ['a bounce', { change: 'bounced' as const }],
  ])('%s: held back, raised by the answer `real`, repeated by later imports it is no news', (_, data) => {
    const it = sponsored();
    it.person(-2, 's', data, 'crm');
    it.person(-2, 'c', { change: 'deactivated' }, 'crm');
    const held = it.look(0, asked);
    expect(kindsOf(held)).not.toContain('sponsor_change');
    expect(kindsOf(held)).not.toContain('champion_left');
    it.person(-1, 's', data, 'night');
    it.person(-1, 'c', { change: 'deactivated' }, 'night');
    expect(kindsOf(it.look(0.1, asked))).not.toContain('champion_left');
    expect(kindsOf(it.look(0.2, asked))).not.toContain('sponsor_change');
    expect(kindsOf(it.look(0.3))).toEqual(expect.arrayContaining(['champion_left', 'sponsor_change']));
  });
  it('what others say of the same people counts', () => {
    const it = sponsored();
    it.person(-3, 's', { change: 'updated', company: 'Globex' }, 'crm');
    it.person(-3, 'c', { change: 'deactivated' }, 'crm');
    it.person(-2, 's', { change: 'bounced' });
    it.person(-2, 'c', { change: 'departed' }, 'other');
    expect(kindsOf(it.look(0, asked))).toEqual(expect.arrayContaining(['champion_left', 'sponsor_change']));
  });
  it('a role handed on by the import is no handover, and is held all the same', () => {
    const it = sponsored();
    it.person(-2, 'n', { change: 'created', roles: ['executive_sponsor'] }, 'crm');
    it.person(-2, 's', { change: 'updated', roles: ['user'] }, 'crm');
    expect(kindsOf(it.look(0, asked))).not.toContain('sponsor_change');
    it.person(-1, 'n', { change: 'bounced' });
    expect(it.look(0.1, asked).health.indicators.find(({ kind }) => kind === 'sponsor_change')?.text).toContain('n may have changed');
    expect(kindsOf(it.look(0.2))).toContain('sponsor_change');
  });
});
