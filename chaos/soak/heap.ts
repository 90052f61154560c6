import { parseScrape, total } from '@perennial/testing/prometheus-text';
import type { Ready } from '../../bench/harness/perennial-up.js';

/** V8's heap at one look: `at` in ms, what it holds of the system and what is in use, garbage with it, MiB. */
export interface HeapLook {
  readonly at: number;
  readonly size: number;
  readonly used: number;
}

/** As the process tells it at `/metrics`, all spaces together. */
export async function heapOf({ url, apiKey }: Ready): Promise<Omit<HeapLook, 'at'>> {
  const scrape = parseScrape(await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } })).text());
  const mib = (name: string) => total(scrape, name) / 2 ** 20;
  return { size: mib('v8js_memory_heap_space_physical_size_bytes'), used: mib('v8js_memory_heap_used_bytes') };
}
