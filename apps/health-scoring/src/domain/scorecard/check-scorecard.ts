import { faultOf, faultsOf, type Fault } from '@perennial/contracts/validator';
import { capLockDays } from '../days/cap-facts.js';
import { indicatorByKind } from '../indicators/all-indicators.js';
import { measureById } from '../measures/all-measures.js';
import { capById } from '../verdict/caps.js';
import { curveFault } from './curve.js';
import { Scorecard, type ScorecardCap, type ScorecardIndicator, type ScorecardMeasure } from './scorecard.js';

/**
 * What is wrong with a scorecard document, by JSON pointer: every fault of its shape, or else every name nobody knows, every curve
 * that is no curve, every number that fits no other. Empty for one that can judge.
 */
export function scorecardFaults(document: unknown): Fault[] {
  const shape = faultsOf(Scorecard, document);
  if (shape.length > 0) return shape;
  const card = document as Scorecard;
  const measures = new Set(card.measures.map((measure) => measure.id));
  return [
    ...boundFaults(card),
    ...numberFaults(card),
    ...faultsOfEach('/measures', card.measures, ({ id }) => id, measureFaults),
    ...faultsOfEach('/caps', card.caps, ({ id }) => id, (cap) => capFaults(cap, measures)),
    ...faultsOfEach('/indicators', card.indicators, ({ kind }) => kind, indicatorFaults, '/kind'),
  ];
}

/** What a new document is refused for: all of that, and rules that contradict each other, by which what was published before judges on. */
export function draftFaults(document: unknown): Fault[] {
  const faults = scorecardFaults(document);
  return faults.length > 0 ? faults : lockFaults(document as Scorecard);
}

/** Days of more than two centuries, weights and shares beyond all measure: with them instants end and sums overflow. */
const largest = 100_000;

/** Numbers, anywhere in the document, that nothing is ever counted by. */
function boundFaults(value: unknown, pointer = ''): Fault[] {
  if (typeof value === 'number') return Math.abs(value) <= largest ? [] : [{ pointer, detail: `must lie between -${largest} and ${largest}` }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => boundFaults(part, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`));
}

function numberFaults({ bands, coverage, trend, tiers, defaultTier }: Scorecard): Fault[] {
  const faults: Fault[] = [];
  if (bands.amber >= bands.green) faults.push({ pointer: '/bands', detail: 'the bands overlap: amber must begin below green' });
  if (bands.amber <= 0) faults.push({ pointer: '/bands/amber', detail: 'must be above 0: below it lies red' });
  if (coverage.any > coverage.green) faults.push({ pointer: '/coverage', detail: 'any must not be above green' });
  if (trend.fewestDays > trend.days) faults.push({ pointer: '/trend/fewestDays', detail: 'must not be above days' });
  if (!Object.hasOwn(tiers, defaultTier)) faults.push({ pointer: '/defaultTier', detail: 'must be one of the tiers' });
  return faults;
}

/** Caps have no lock of their own: with another one in the measure a goal would be attained by it and missed by the cap. */
function lockFaults({ measures, caps }: Scorecard): Fault[] {
  if (caps.every(({ id }) => id !== 'goal_missed')) return [];
  return measures.flatMap(({ id, settings: { targetLockDays } }, i) =>
    id !== 'goal_attainment' || typeof targetLockDays !== 'number' || targetLockDays === capLockDays ? [] : [{ pointer: `/measures/${i}/settings/targetLockDays`, detail: `must be ${capLockDays} beside the cap goal_missed, which judges the same goals by that: leave the cap out to have another` }],
  );
}

function measureFaults({ id, curve, settings }: ScorecardMeasure): Fault[] {
  const measure = measureById.get(id);
  if (measure === undefined) return [{ pointer: '/id', detail: `no measure is called ${id}: there are ${[...measureById.keys()].join(', ')}` }];
  const unfit = faultOf(measure.settings, settings) ?? measure.settingsFault?.(settings) ?? null;
  const faults = unfit === null ? [] : [under('/settings', unfit)];
  if (measure.ownCurve === true) return curve === null ? faults : [{ pointer: '/curve', detail: 'must be null: the settings of this measure make its curve' }, ...faults];
  const bent = curve === null ? { pointer: '', detail: 'is required: the points by value' } : curveFault(curve);
  return bent === null ? faults : [under('/curve', bent), ...faults];
}

function capFaults({ id, settings }: ScorecardCap, measures: ReadonlySet<string>): Fault[] {
  const cap = Object.hasOwn(capById, id) ? capById[id] : undefined;
  if (cap === undefined) return [{ pointer: '/id', detail: `no cap is called ${id}: there are ${Object.keys(capById).join(', ')}` }];
  const unfit = faultOf(cap.settings, settings);
  if (unfit !== null) return [under('/settings', unfit)];
  const { measure } = settings;
  if (typeof measure === 'string' && !measures.has(measure)) return [{ pointer: '/settings/measure', detail: 'must be one of the measures of this scorecard, or the cap would never hold' }];
  return [];
}

function indicatorFaults({ kind, settings }: ScorecardIndicator): Fault[] {
  const indicator = indicatorByKind.get(kind);
  if (indicator === undefined) return [{ pointer: '/kind', detail: `no indicator is called ${kind}: there are ${[...indicatorByKind.keys()].join(', ')}` }];
  const unfit = faultOf(indicator.settings, settings);
  return unfit === null ? [] : [under('/settings', unfit)];
}

const under = (pointer: string, fault: Fault): Fault => ({ ...fault, pointer: `${pointer}${fault.pointer}` });

function faultsOfEach<T>(pointer: string, items: readonly T[], nameOf: (item: T) => string, faultsOf: (item: T) => Fault[], named = '/id'): Fault[] {
  return items.flatMap((item, i) => {
    const isRepeated = items.findIndex((other) => nameOf(other) === nameOf(item)) < i;
    const faults = isRepeated ? [{ pointer: named, detail: 'is named twice' }] : faultsOf(item);
    return faults.map((fault) => under(`${pointer}/${i}`, fault));
  });
}
