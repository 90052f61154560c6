import type { StoredHook } from '../application/hook-store.js';
import type { Source } from '../application/sources.js';
import type { SourceView } from './source.dto.js';

/** A source as it is shown, with its webhook endpoint where it has one. */
export function sourceViewOf(source: Source, hook: StoredHook | undefined, now: Date): SourceView {
  return {
    id: source.id,
    type: source.type,
    name: source.name,
    writeKey: source.writeKey,
    hookPath: hook ? `/v1/hooks/${source.type}/${source.id}` : null,
    settings: hook ? { ...(hook.settings as SourceView['settings']) } : null,
    secrets: (hook?.secrets ?? [])
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
      .map(({ id, kind, createdAt, expiresAt }) => ({ id, kind, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null })),
    createdAt: new Date(source.createdAt).toISOString(),
  };
}
