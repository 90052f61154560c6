import { plantedDrivers, plantedMeasures, plantedTerms } from '../../../test/planted-terms.js';
import { rankDrivers, type LoyaltyDrivers } from './loyalty-drivers.js';
import type { TermRow } from './term-row.js';

function drivers(rows: readonly TermRow[], seed = 7): LoyaltyDrivers {
  const ranking = rankDrivers(rows, plantedMeasures, seed);
  for (;;) {
    const step = ranking.next();
    if (step.done) return step.value;
  }
}

describe('loyalty drivers', () => {
  it('are found on 20 planted books beside a correlated decoy and a reverse cause', () => {
    const books = Array.from({ length: 20 }, (_, i) => drivers(plantedTerms(100 + i)).drivers);
    const found = books.filter((book) => book.slice(0, 3).every(({ measure, isDriver }) => isDriver && plantedDrivers.includes(measure)));
    expect(found.length).toBeGreaterThanOrEqual(19);
    const wrong = books.map((book) => book.filter(({ measure, isDriver }) => isDriver && !plantedDrivers.includes(measure)).length);
    expect(wrong.filter((count) => count > 0).length).toBeLessThanOrEqual(1);
    // What follows the decision is told from what drives it.
    expect(books.filter((book) => book.find(({ measure }) => measure === 'farewell')!.mayFollow).length).toBeGreaterThanOrEqual(19);
    expect(books.flat().filter(({ measure, mayFollow }) => mayFollow && measure !== 'farewell').length).toBeLessThanOrEqual(2);
  }, 120_000);

  it('are the same for the same seed, tell how much they matter, and that there is none', () => {
    const rows = plantedTerms(3);
    expect(drivers(rows)).toEqual(drivers(rows));
    const value = drivers(rows).drivers.find(({ measure }) => measure === 'value')!;
    // Planted: one standard deviation makes e of the odds; a reading carries noise that takes a little of it.
    expect(value.odds!.low).toBeGreaterThan(1.8);
    expect(value.odds!.high).toBeLessThan(4);
    const none = drivers(plantedTerms(4, { strength: 0 }));
    expect(none.drivers.filter(({ isDriver }) => isDriver)).toEqual([]);
    expect(none.text).toBe('No measure is related to renewal in a way that holds when half of the accounts is left out');
  }, 120_000);

  it('are not ranked from too few outcomes, nor is a measure that hardly any term has', () => {
    const few = drivers(plantedTerms(5, { accounts: 60 }));
    expect(few).toMatchObject({ drivers: [], text: 'Too few outcomes to rank what drives loyalty: 30 lost and 30 renewed accounts are needed' });
    const sparse = plantedTerms(6).map((row, i) => ({ ...row, at: row.at.map((reading) => (typeof reading === 'string' || i % 3 === 0 ? reading : { ...reading, pointsBp: reading.pointsBp.map((points, j) => (j === 3 ? null : points)) })) }));
    const decoy = drivers(sparse).drivers.find(({ measure }) => measure === 'decoy')!;
    expect(decoy).toMatchObject({ chosen: null, isDriver: false, odds: null, text: 'Known for 33 % of terms only: not ranked' });
  });
});
