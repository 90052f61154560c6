/** The services behind the gateway. */
export const backends = ['signal-ingestion', 'health-scoring', 'renewal-forecasting', 'playbook-orchestration', 'notifications'] as const;
export type Backend = (typeof backends)[number];

/** Who answers below `/api/v1`; the first row that fits wins. `:x` is one segment, a closing `**` any rest. */
const table: readonly [pattern: string, backend: Backend][] = [
  ['signals', 'signal-ingestion'],
  ['sources/**', 'signal-ingestion'],
  ['people/**', 'signal-ingestion'],
  ['imports/**', 'signal-ingestion'],
  ['rejected/**', 'signal-ingestion'],
  ['erasures/**', 'signal-ingestion'],
  ['accounts', 'health-scoring'],
  ['accounts/:id', 'signal-ingestion'],
  ['accounts/:id/signals', 'signal-ingestion'],
  ['accounts/:id/merge', 'signal-ingestion'],
  ['accounts/:id/unmerge', 'signal-ingestion'],
  ['accounts/:id/merges', 'signal-ingestion'],
  ['accounts/:id/restate', 'signal-ingestion'],
  ['accounts/:id/aliases/**', 'signal-ingestion'],
  ['accounts/:id/hierarchy', 'signal-ingestion'],
  ['unknown-accounts/**', 'signal-ingestion'],
  ['accounts/:id/health/**', 'health-scoring'],
  ['accounts/:id/indicators/**', 'health-scoring'],
  ['accounts/:id/overrides/**', 'health-scoring'],
  ['accounts/:id/sentiment/**', 'health-scoring'],
  ['accounts/:id/judgements', 'health-scoring'],
  ['accounts/:id/strikes', 'health-scoring'],
  ['judgements/**', 'health-scoring'],
  ['accounts/:id/adoption/**', 'health-scoring'],
  ['accounts/:id/roll-up', 'health-scoring'],
  ['accounts/:id/unused-signals', 'health-scoring'],
  ['accounts/:id/leading-indicators', 'health-scoring'],
  ['leading-indicators', 'health-scoring'],
  ['scorecards/**', 'health-scoring'],
  ['contracts/**', 'renewal-forecasting'],
  ['renewals/**', 'renewal-forecasting'],
  ['playbooks/**', 'playbook-orchestration'],
  ['runs/**', 'playbook-orchestration'],
  ['tasks/**', 'playbook-orchestration'],
  ['webhook-endpoints/**', 'notifications'],
  ['deliveries/**', 'notifications'],
  ['inbox/**', 'notifications'],
  ['stream/**', 'notifications'],
];

/** Where a call goes: the service, the path it is asked with, and whether senders may come with a write key alone. */
export interface Route {
  readonly backend: Backend;
  readonly path: string;
  readonly writeKeys: boolean;
  /** It takes whole files, whose size is the service's business. */
  readonly files: boolean;
}

/** Prefix of the interface; everything below it belongs to the gateway or to a row of the table. */
export const apiPrefix = '/api/v1';

const rows = table.map(([pattern, backend]) => ({ segments: pattern.split('/'), backend }));

/**
 * The route of a raw path (without query); null when nobody answers there. Every spelling of a path gets
 * the decision of its canonical form, in which it is forwarded: segments percent-decoded once and encoded
 * again. Empty segments, `.`, `..` and what does not decode are no addresses.
 */
export function routeOf(rawPath: string): Route | null {
  const segments = canonicalSegments(rawPath);
  if (!segments) return null;
  const [api, version, ...rest] = segments;
  if (api !== 'api' || version !== 'v1') return null;
  const row = rows.find(({ segments: pattern }) => matches(pattern, rest));
  return row ? { backend: row.backend, path: `/${segments.map(encodeURIComponent).join('/')}`, writeKeys: rest[0] === 'signals', files: rest[0] === 'imports' } : null;
}

/** Decoded segments of a path; null when the path has no canonical form. */
export function canonicalSegments(rawPath: string): string[] | null {
  if (!rawPath.startsWith('/')) return null;
  const segments: string[] = [];
  for (const raw of rawPath.slice(1).split('/')) {
    const segment = decoded(raw);
    if (segment === null || segment === '' || segment === '.' || segment === '..' || hasControl(segment)) return null;
    segments.push(segment);
  }
  return segments;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  }
  return false;
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const open = pattern.at(-1) === '**';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, i) => segment.startsWith(':') || segment === path[i]);
}
