/** SQL: whether a column holds one of `texts` (a text array), in small or capital letters. */
export const holds = (column: string, texts: string): string => `EXISTS (SELECT 1 FROM unnest(${texts}::text[]) t WHERE strpos(lower(${column}), lower(t)) > 0)`;

/** The same of a column of bytes, in small or capital letters of ASCII. */
export const holdsBytes = (column: string, texts: string): string => `EXISTS (SELECT 1 FROM unnest(${texts}::text[]) t WHERE strpos(lower(encode(${column}, 'escape')), lower(encode(convert_to(t, 'UTF8'), 'escape'))) > 0)`;
