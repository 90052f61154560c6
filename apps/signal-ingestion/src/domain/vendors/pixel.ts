import type { Answer } from './vendor.js';

/** A transparent picture of one point, for requests that are made as pictures. */
export const pixelAnswer: Answer = { type: 'image/gif', body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64') };
