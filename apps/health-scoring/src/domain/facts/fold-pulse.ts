import type { SignalOf } from '@perennial/contracts/signal';
import { latest, type Mark } from './mark.js';

/** The newest CSM sentiment, 1-5. */
export type PulseFacts = Mark & { readonly value: number };

export const foldPulse = (known: PulseFacts | null, signal: SignalOf<'pulse'>, mark: Mark): PulseFacts => latest(known, { ...mark, value: signal.data.pulse });
