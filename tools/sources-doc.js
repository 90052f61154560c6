// Writes the part of docs/sources.md about telemetry clients anew: what the tests of apps/signal-ingestion/test/clients
// try is what it shows.
import '../libs/testing/jest/register-typescript.mjs';
import { readFileSync, writeFileSync } from 'node:fs';

const { withTelemetryPart } = await import('../apps/signal-ingestion/test/clients/sources-doc.ts');
const page = new URL('../docs/sources.md', import.meta.url);
writeFileSync(page, withTelemetryPart(readFileSync(page, 'utf8')));
console.log(`wrote ${page.pathname}`);
