import { faultOf, type Fault } from '@perennial/contracts/validator';
import { IndicatorSet } from '../indicators/indicator-set.js';
import { indicatorByKind } from '../indicators/all-indicators.js';
import { measureById } from '../measures/all-measures.js';
import { capById } from '../verdict/caps.js';
import { curveFault } from './curve.js';
import { Scorecard } from './scorecard.js';

/** First fault of a scorecard document: its shape, a name nobody knows, a curve that is no curve. Null for one that can judge. */
export function scorecardFault(document: unknown): Fault | null {
  const shape = faultOf(Scorecard, document);
  if (shape !== null) return shape;
  const card = document as Scorecard;
  if (card.bands.amber >= card.bands.green) return { pointer: '/bands', detail: 'amber must lie below green' };
  if (card.tiers[card.defaultTier] === undefined) return { pointer: '/defaultTier', detail: 'must be one of the tiers' };
  return firstFault('/measures', card.measures, ({ id, curve, settings }, i, all) => {
    const measure = measureById.get(id);
    if (measure === undefined) return { pointer: '/id', detail: `no measure is called ${id}` };
    if (all.findIndex((other) => other.id === id) < i) return { pointer: '/id', detail: 'is named twice' };
    const curved = curve === null ? null : curveFault(curve);
    if (curved !== null) return { pointer: '/curve', detail: curved };
    return under('/settings', faultOf(measure.settings, settings));
  }) ?? firstFault('/caps', card.caps, ({ id, settings }) => {
    const cap = capById[id];
    return cap === undefined ? { pointer: '/id', detail: `no cap is called ${id}` } : under('/settings', faultOf(cap.settings, settings));
  });
}

/** First fault of an indicator set; null for one that can judge. */
export function indicatorSetFault(document: unknown): Fault | null {
  const shape = faultOf(IndicatorSet, document);
  if (shape !== null) return shape;
  return firstFault('/indicators', (document as IndicatorSet).indicators, ({ kind, settings }, i, all) => {
    const indicator = indicatorByKind.get(kind);
    if (indicator === undefined) return { pointer: '/kind', detail: `no indicator is called ${kind}` };
    if (all.findIndex((other) => other.kind === kind) < i) return { pointer: '/kind', detail: 'is named twice' };
    return under('/settings', faultOf(indicator.settings, settings));
  });
}

const under = (pointer: string, fault: Fault | null): Fault | null => (fault === null ? null : { ...fault, pointer: `${pointer}${fault.pointer}` });

function firstFault<T>(pointer: string, items: readonly T[], check: (item: T, index: number, all: readonly T[]) => Fault | null): Fault | null {
  for (const [i, item] of items.entries()) {
    const fault = check(item, i, items);
    if (fault !== null) return under(`${pointer}/${i}`, fault);
  }
  return null;
}
