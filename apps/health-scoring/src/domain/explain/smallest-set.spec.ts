import fc from 'fast-check';
import { smallestSet, type Candidate, type Target } from './smallest-set.js';

const candidate = (id: string) =>
  fc.record({ weight: fc.integer({ min: 1, max: 20 }), from: fc.option(fc.integer({ min: 0, max: 100 }), { freq: 4 }), most: fc.constantFrom(85, 100), isFresh: fc.boolean(), must: fc.integer({ min: 0, max: 9 }) }).map(({ weight, from, most, isFresh, must }) => ({ id, weight, from, most, isFresh: isFresh && from !== null, must: must === 0 }));
const wish = fc.record({ target: fc.constantFrom(40, 43, 70, 73), coverage: fc.constantFrom(0, 0.25, 0.5) });
const candidates = fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).chain((all) => fc.tuple(...all.map((_, i) => candidate(`m${i}`))));

function asked(all: readonly { id: string; weight: number; from: number | null; most: number; isFresh: boolean; must?: boolean }[], { target, coverage }: { target: number; coverage: number }): { list: Candidate[]; target: Target } {
  const list = all.map(({ id, weight, from, most, isFresh, must = false }): Candidate => {
    const fromBp = from === null ? null : from * 100;
    const restBp = fromBp ?? Math.min(target, most) * 100;
    return { id, weight, fromBp, mostBp: Math.max(most * 100, fromBp ?? 0), restBp: must ? Math.max(restBp, 4000) : restBp, isFresh, mustChange: must };
  });
  return { list, target: { targetBp: target * 100, coverage } };
}

/** Whether the points suffice once those of `to` have changed. */
function suffices(list: readonly Candidate[], to: ReadonlyMap<string, number>, { targetBp, coverage }: Target): boolean {
  let [sum, weight, fresh, all] = [0, 0, 0, 0];
  for (const one of list) {
    const points = to.get(one.id) ?? one.fromBp;
    all += one.weight;
    if (one.isFresh || to.has(one.id)) fresh += one.weight;
    if (points === null) continue;
    weight += one.weight;
    sum += one.weight * points;
  }
  return fresh >= coverage * all - 1e-9 && (weight === 0 ? true : Math.round(sum / weight) >= targetBp);
}

/** Of all that must change, and some others. */
function subsets(list: readonly Candidate[]): Candidate[][] {
  return list.reduce<Candidate[][]>((sets, one) => [...(one.mustChange ? [] : sets), ...sets.map((set) => [...set, one])], [[]]);
}

function permutations(set: readonly Candidate[]): Candidate[][] {
  return set.length === 0 ? [[]] : set.flatMap((one) => permutations(set.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

describe('the smallest set of changes', () => {
  it('suffices, no smaller one does even at its best, and without one of its points it would not', () => {
    fc.assert(
      fc.property(candidates, wish, (all, wished) => {
        const { list, target } = asked(all, wished);
        const found = smallestSet(list, target);
        const feasible = subsets(list).filter((set) => suffices(list, new Map(set.map((one) => [one.id, one.mostBp])), target));
        if (found === null) {
          expect(feasible).toEqual([]);
          return;
        }
        expect(suffices(list, new Map(found.map(({ candidate: one, toBp }) => [one.id, toBp])), target)).toBe(true);
        expect(Math.min(...feasible.map((set) => set.length))).toBe(found.length);
        for (const { candidate: one, toBp } of found) {
          // By more than what rounding to basis points leaves.
          const less = Math.ceil(list.reduce((sum, { weight }) => sum + weight, 0) / one.weight) + 1;
          if (toBp <= one.restBp + less) continue;
          expect(suffices(list, new Map(found.map((other) => [other.candidate.id, other.candidate === one ? toBp - less : other.toBp])), target)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
  it('no other set of as many, filled in any order, has fewer points to gain', () => {
    fc.assert(
      fc.property(fc.tuple(candidate('a'), candidate('b'), candidate('c'), candidate('d')), wish, (all, wished) => {
        const { list, target } = asked(all, wished);
        const found = smallestSet(list, target);
        if (found === null || found.length === 0) return;
        const gain = (to: readonly (readonly [Candidate, number])[]): number => to.reduce((sum, [one, toBp]) => sum + toBp - one.restBp, 0);
        const counted = list.filter(({ fromBp }) => fromBp !== null);
        const mean = counted.reduce((sum, one) => sum + one.weight * one.fromBp!, 0) / counted.reduce((sum, one) => sum + one.weight, 0);
        const fixed = (set: readonly Candidate[]): number => set.reduce((sum, one) => sum + one.restBp - (one.fromBp ?? (counted.length === 0 ? target.targetBp : mean)), 0);
        const own = fixed(found.map((one) => one.candidate)) + gain(found.map((one) => [one.candidate, one.toBp]));
        for (const set of subsets(list).filter((some) => some.length === found.length)) {
          for (const order of permutations(set)) {
            const to = order.map((one): [Candidate, number] => [one, one.restBp]);
            for (const step of to) for (; !suffices(list, new Map(to.map(([one, toBp]) => [one.id, toBp])), target) && step[1] < step[0].mostBp; ) step[1] = Math.min(step[0].mostBp, step[1] + 100);
            // A full point of each for the steps, and what rounding leaves.
            if (suffices(list, new Map(to.map(([one, toBp]) => [one.id, toBp])), target)) expect(own).toBeLessThanOrEqual(fixed(set) + gain(to) + 100 * set.length);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
  it('takes the heaviest of measures that would do alike', () => {
    const { list, target } = asked([{ id: 'light', weight: 5, from: 0, most: 100, isFresh: true }, { id: 'heavy', weight: 10, from: 20, most: 100, isFresh: true }, { id: 'rest', weight: 10, from: 60, most: 100, isFresh: true }], { target: 40, coverage: 0 });
    expect(smallestSet(list, target)).toEqual([{ candidate: list[1], toBp: 4000 }]);
  });
  it('of fifty measures alike takes the first that it needs, soon', () => {
    const { list, target } = asked(Array.from({ length: 50 }, (_, i) => ({ id: `m${i}`, weight: 2, from: 30, most: 100, isFresh: true })), { target: 70, coverage: 0 });
    expect(smallestSet(list, target)).toHaveLength(29);
  });
});
