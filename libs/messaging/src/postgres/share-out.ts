/**
 * The partitions of `member` when `members` share `partitions`: every `members.length`-th one, by rank of the
 * id. Every member computes the same from the same list; nothing else is needed to agree.
 */
export function shareOut(members: readonly string[], member: string, partitions: number): number[] {
  const sorted = [...new Set(members)].sort();
  const rank = sorted.indexOf(member);
  if (rank === -1) return [];
  return Array.from({ length: partitions }, (_, p) => p).filter((p) => p % sorted.length === rank);
}
