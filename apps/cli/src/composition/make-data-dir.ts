import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from './operator-error.js';

/**
 * Makes the folder and those above it, owner-only; throws with one line where that cannot be. Step by step: where
 * a folder cannot be made though the one above it is there (/proc), `recursive` tries for ever.
 */
export function makeDataDir(path: string): void {
  try {
    make(path);
    if (!statSync(path).isDirectory()) throw new Error('it is a file');
  } catch (error) {
    throw new OperatorError(`cannot make the data folder ${path}: ${(error as Error).message}; choose another with --data-dir`);
  }
}

function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  if (dirname(path) !== path) make(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
