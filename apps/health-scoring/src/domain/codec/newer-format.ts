/** A newer version of the software packed it: this one cannot read it, however often it tries. */
export class NewerFormat extends Error {
  override readonly name = 'NewerFormat';

  constructor(what: 'state' | 'day', format: number, known: number) {
    super(`the packed ${what} has format ${format}, this version reads up to ${known}: finish the upgrade of health-scoring`);
  }
}
