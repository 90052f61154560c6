import { Transform, finished, type Readable } from 'node:stream';

/**
 * What a client sends, as a stream that may fail or be given up without harm to the client's connection: what is
 * left of the body is then read and thrown away, so that the client hears the answer. Above `maxBytes` it fails
 * with `tooLarge()`.
 */
export function bodyPassage(body: Readable, maxBytes: number, tooLarge: () => Error): Readable {
  let bytes = 0;
  const passage = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  body.pipe(passage);
  // After `pipe`, which holds the body back when its passage closes.
  passage.once('close', () => body.resume());
  // A client that went away in the middle has sent no body.
  finished(body, (error) => {
    if (error) passage.destroy(error);
  });
  return passage;
}
