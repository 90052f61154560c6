/** A line on stderr that is written over on a terminal; elsewhere a new one every few seconds. */
export function progressLine(): { show(text: string): void; end(): void } {
  const { stderr } = process;
  const everyMs = stderr.isTTY ? 100 : 5_000;
  let shownAt = -Infinity;
  let last = '';
  let written = '';
  const write = (text: string) => {
    written = text;
    stderr.write(stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  };
  return {
    show(text) {
      last = text;
      if (performance.now() - shownAt < everyMs) return;
      shownAt = performance.now();
      write(text);
    },
    end() {
      if (last !== written) write(last);
      if (stderr.isTTY && last !== '') stderr.write('\n');
    },
  };
}
