/** Something the person at the keyboard can mend; told in one line that says what to do, exit code 1. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
