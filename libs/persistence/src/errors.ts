/** The broker or the database is away, busy or changed sides: the same work will succeed later. */
export class Transient extends Error {
  override readonly name = 'Transient';
}

/** Repeating cannot help: somebody has to act. The message says what to do. */
export class Fatal extends Error {
  override readonly name = 'Fatal';
}
