interface Letter {
  readonly id: string;
  readonly firstSeen: string;
}

interface Page<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly hasMore: boolean;
}

/** One page of `limit` rows out of one page per service, each newest first (first seen, then id, descending). */
export function mergePages<T extends Letter>(pages: readonly Page<T>[], limit: number): Page<T> {
  const all = pages.flatMap(({ data }) => data).sort((a, b) => compare(b.firstSeen, a.firstSeen) || compare(b.id, a.id));
  return { object: 'list', data: all.slice(0, limit), hasMore: all.length > limit || pages.some(({ hasMore }) => hasMore) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
