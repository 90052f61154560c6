const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof codes;

const styleOfLevel: Readonly<Record<string, Style>> = { red: 'red', amber: 'yellow', green: 'green' };
const widest = 100;

export interface Page {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Writes the story in plain lines; colours only on a terminal that wants them (https://no-color.org). */
export class StoryTeller {
  private chapters = 0;
  private readonly coloured: boolean;

  constructor(
    private readonly page: Page,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.coloured = page.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }

  chapter(title: string): void {
    this.chapters += 1;
    this.line(`\n${this.style('bold', `${this.chapters}. ${title}`)}`);
  }

  line(text = ''): void {
    this.page.write(`${text}\n`);
  }

  /** A sentence, broken at `widest` columns. */
  say(text: string, indent = 3): void {
    for (const part of wrapped(text, widest - indent)) this.line(' '.repeat(indent) + part);
  }

  aside(text: string, indent = 3): void {
    for (const part of wrapped(text, widest - indent)) this.line(' '.repeat(indent) + this.style('dim', part));
  }

  /** Two columns: a short one to the right edge of `width`, and text that is broken under itself. */
  pair(left: string, right: string, width: number, indent = 3): void {
    const margin = indent + width + 2;
    wrapped(right, widest - margin).forEach((part, i) => this.line(`${' '.repeat(indent)}${(i === 0 ? left : '').padStart(width)}  ${part}`));
  }

  /** A risk level or band in its colour, padded to `width`. */
  level(level: string, width = 0): string {
    const style = styleOfLevel[level];
    return style ? this.style(style, level.padEnd(width)) : level.padEnd(width);
  }

  style(style: Style, text: string): string {
    return this.coloured ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
  }
}

/** Lines of at most `width` characters, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
