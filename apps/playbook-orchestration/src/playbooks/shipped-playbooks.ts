import type { PlaybookDocument } from '../domain/playbook-document.js';
import { hygiene } from './hygiene.js';
import { renewalCountdown } from './renewal-countdown.js';
import { riskResponse } from './risk-response.js';

/** Newest revision of each playbook that comes with the software. A change of a document takes a new revision. */
export const shippedPlaybooks: readonly PlaybookDocument[] = [riskResponse, hygiene, renewalCountdown];
