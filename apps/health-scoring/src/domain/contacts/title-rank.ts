const ranks: readonly (readonly [RegExp, number])[] = [
  [/\b(ceo|founder|president|owner|managing dir)\b/, 7],
  [/\b(cto|cio|coo|cfo|cmo|cro|chief)\b/, 6],
  [/\b(evp|svp)\b/, 5],
  [/\bvp\b/, 4],
  [/\b(head|dir)\b/, 3],
  [/\b(mgr|lead)\b/, 2],
];

/** Standing that a normalised title names, 1 (none named) to 7; used to tell a promotion from another job. */
export const rankOf = (title: string): number => ranks.find(([words]) => words.test(title))?.[1] ?? 1;
