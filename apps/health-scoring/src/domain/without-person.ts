import type { ErasedWords } from '@perennial/contracts/erased-words';
import type { AccountHealthState } from './state.js';

/** Takes a person out of what people wrote with judgements that are in force. */
export const withoutPerson = (words: ErasedWords) => (state: AccountHealthState): void => {
  state.override = words.from(state.override);
  state.suppressions = words.from(state.suppressions);
};
