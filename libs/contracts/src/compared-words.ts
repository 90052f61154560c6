/** Words as they are compared: without case, accents and punctuation, single spaces, at most 60 characters. */
const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/&/g, ' and ').replace(/[^\p{L}\p{N}]+/gu, ' ').trim().slice(0, 60);

const shortForms: Readonly<Record<string, string>> = {
  'vice president': 'vp', 'senior vice president': 'svp', 'executive vice president': 'evp', 'chief executive officer': 'ceo', 'chief technology officer': 'cto',
  'chief information officer': 'cio', 'chief operating officer': 'coo', 'chief financial officer': 'cfo', senior: 'sr', junior: 'jr', manager: 'mgr', director: 'dir',
};
const longest = Object.keys(shortForms).sort((a, b) => b.length - a.length);

/** "VP, Operations", "Vice President of Operations" and "VP Operations" are one title. */
export function normalTitle(title: string): string {
  let words = ` ${plain(title)} `.replace(/ (of|for|the|and) /g, ' ');
  for (const long of longest) words = words.replaceAll(` ${long} `, ` ${shortForms[long]} `);
  return words.trim();
}

/** "Acme, Inc." and "ACME" are one company. */
export const normalCompany = (company: string): string => plain(company).replace(/ (inc|incorporated|ltd|limited|llc|gmbh|ag|sa|bv|plc|corp|corporation|co|company)$/u, '');
