import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { OperatorError } from '../composition/operator-error.js';

const previewBytes = 64 * 1024;

export interface FileFacts {
  readonly bytes: number;
  /** Hexadecimal: by it an import of the same file is found again, on whatever machine. */
  readonly sha256: string;
}

/** Size and digest, read as a stream. Throws `OperatorError` where there is no file that can be read. */
export async function fileFacts(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  try {
    if (!(await stat(path)).isFile()) throw new OperatorError(`${path} is no file`);
    let bytes = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** At most `length` bytes of the file from `from` on. */
export async function bytesAt(path: string, from: number, length: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(length), position: from });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

export const firstBytes = (path: string): Promise<Buffer> => bytesAt(path, 0, previewBytes);
