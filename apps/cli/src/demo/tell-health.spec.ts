import type { HealthState, MeasureReading } from '@perennial/contracts/health';
import { StoryBroke } from './story-broke.js';
import { StoryTeller } from './story-teller.js';
import { tellHealth, tellHealthChange } from './tell-health.js';

const measure = (id: string, contribution: number): MeasureReading => ({
  id, family: 'usage', value: 1, unit: 'share', points: 50 + contribution, band: 'green', weight: 1, contribution, state: 'ok', validUntil: null, text: `${id} is so`, evidence: { signalIds: [] },
});

function health(healthScore: number, contributions: Record<string, number>, cap?: number): HealthState {
  const measures = Object.entries(contributions).map(([id, contribution]) => measure(id, contribution));
  return {
    accountId: 'a', healthScore, rawScore: healthScore - (cap ?? 0), adjustments: cap === undefined ? [] : [{ kind: 'cap', reason: 'a fact', points: cap }], override: null, band: 'green', riskLevel: 'green',
    dataCoverage: 1, lowConfidence: false, trend: 'flat', strikes: { count: 0, groups: [], savePlanReview: false }, measures, indicators: [], scorecard: { id: 'csm-led', revision: 1 },
    asOf: '2026-01-01T00:00:00.000Z', version: 1,
  };
}

function told(tell: (teller: StoryTeller) => void, isTTY = false): string {
  let text = '';
  tell(new StoryTeller({ isTTY, write: (part) => (text += part) }, {}));
  return text;
}

describe('telling a score', () => {
  it('shows every part and the sum', () => {
    const text = told((teller) => tellHealth(teller, 'Acme', health(35, { use: 20.25, voice: -5.5 }, -29.75)));
    for (const part of ['50.00', '+20.25  use: use is so', '-5.50  voice', '-29.75  cap: a fact', '35.00  in all']) expect(text).toContain(part);
  });
  it('breaks where the parts do not give the score', () => {
    expect(() => told((teller) => tellHealth(teller, 'Acme', health(70.01, { use: 20 })))).toThrow(StoryBroke);
    expect(() => told((teller) => tellHealth(teller, 'Acme', { ...health(40, { use: 20 }, -30), healthScore: 40.01 }))).toThrow(StoryBroke);
  });
  it('shows what moved, and what rounding did apart', () => {
    const text = told((teller) => tellHealthChange(teller, health(70, { use: 15, goals: 5 }), health(40, { use: 10.01, goals: 4.99, voice: 5 }, -30)));
    expect(text).toContain('Health 70.00 -> 40.00');
    expect(text).toContain('-4.99  use (now +10.01)');
    expect(text).toContain('-30.00  cap: a fact (now -30.00)');
    expect(text).toContain('-30.00  in all');
    expect(told((teller) => tellHealthChange(teller, health(70, { use: 20 }), { ...health(69.99, { use: 19.99 }), measures: [{ ...measure('use', 19.99), points: 70 }] }))).toContain('-0.01  rounding');
  });
  it('has colours on a terminal only, and none that wants none', () => {
    const level = (isTTY: boolean, env: NodeJS.ProcessEnv): string => new StoryTeller({ isTTY, write: () => true }, env).level('red', 5);
    expect(level(false, {})).toBe('red  ');
    expect(level(true, {})).toBe('\u001b[31mred  \u001b[0m');
    expect(level(true, { NO_COLOR: '1' })).toBe('red  ');
  });
});
