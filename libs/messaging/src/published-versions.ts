/** What was published last for one key. */
export interface PublishedContent {
  readonly version: number;
  readonly fingerprint: string | null;
}

/** Versions of one epoch: epoch x 2^40 + n, n from 1. Epochs up to 8191 keep versions exact in a double. */
export const versionsPerEpoch = 2 ** 40;

/**
 * The version of each draft, in order: one above the last of its key, never below the epoch; null where the
 * fingerprint equals the last one of the same epoch (what an earlier epoch published may be lost). Drafts of
 * topics without versions get 0. `newest`: what is to be remembered per key.
 */
export function newVersions(
  versioned: boolean,
  epoch: number,
  drafts: readonly { readonly key: string; readonly fingerprint?: string }[],
  published: ReadonlyMap<string, PublishedContent>,
): { versions: (number | null)[]; newest: ReadonlyMap<string, PublishedContent> } {
  const newest = new Map<string, PublishedContent>();
  if (!versioned) return { versions: drafts.map(() => 0), newest };
  const floor = epoch * versionsPerEpoch;
  const versions = drafts.map(({ key, fingerprint }) => {
    const last = newest.get(key) ?? published.get(key);
    if (last && last.version > floor && fingerprint !== undefined && fingerprint === last.fingerprint) return null;
    const version = Math.max(floor, last?.version ?? 0) + 1;
    newest.set(key, { version, fingerprint: fingerprint ?? null });
    return version;
  });
  return { versions, newest };
}
