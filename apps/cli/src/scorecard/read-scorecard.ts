import { draftFaults } from '@perennial/health-scoring/domain/scorecard/check-scorecard';
import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { OperatorError } from '../composition/operator-error.js';

/** What is wrong, and where in the file. */
export interface PlacedFault {
  /** From 1. */
  readonly line: number;
  readonly pointer: string;
  readonly detail: string;
}

export interface ReadScorecard {
  /** What the file says; it can judge where there are no faults. */
  readonly document: unknown;
  readonly faults: readonly PlacedFault[];
}

/** Reads a scorecard from YAML (of which JSON is a part). */
export async function readScorecard(file: string): Promise<ReadScorecard> {
  return placedFaults(await textOf(file));
}

export function placedFaults(text: string): ReadScorecard {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  if (yaml.errors.length > 0) {
    return { document: null, faults: yaml.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, pointer: '', detail: message.split('\n', 1)[0]!.replace(/ at line .*$/, '') })) };
  }
  let document: unknown;
  try {
    document = yaml.toJS();
  } catch (error) {
    // Aliases are resolved here: one that names nothing, or ones that multiply.
    return { document: null, faults: [{ line: 1, pointer: '', detail: (error as Error).message }] };
  }
  return { document, faults: draftFaults(document).map((fault) => ({ line: lines.linePos(placeOf(yaml, fault.pointer)).line, ...fault })) };
}

/** Where the pointer leads, or the last part of it that is there. */
function placeOf(yaml: Document, pointer: string): number {
  const path = pointer.split('/').slice(1).map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (let length = path.length; length > 0; length -= 1) {
    const node = yaml.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(yaml.contents) && yaml.contents.range ? yaml.contents.range[0] : 0;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
