import type { ImportedContacts } from '@perennial/contracts/account';

/** What a person says of an import: its contacts did change, or somebody only tidied up. */
export type ImportAnswer = 'real' | 'clean_up';
export const importAnswers: readonly ImportAnswer[] = ['real', 'clean_up'];

export interface QuestionRule {
  /** Percent of the contacts known before an import; above it a person is asked. */
  readonly percent: number;
  /** Fewer changed contacts are never asked about: in a small book each of them is looked at anyway. */
  readonly fewest: number;
}

/** True where an import changed so many contacts at once that a clean-up is as likely as departures; where none was known before it, none can have been tidied up. */
export function asksAbout({ known, changed }: Pick<ImportedContacts, 'known' | 'changed'>, { percent, fewest }: QuestionRule): boolean {
  return known > 0 && changed >= fewest && changed * 100 > known * percent;
}
