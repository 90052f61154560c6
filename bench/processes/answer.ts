type Commands = Readonly<Record<string, (input: never) => unknown>>;

/** Serves the commands of a bench program to the process that started it; `end` runs when that one lets go. */
export function answer(commands: Commands, end: () => Promise<void> = async () => undefined): void {
  process.on('message', (message: { id: number; command: string; input: never }) => {
    const { id, command, input } = message;
    void run(commands, command, input).then(
      (result) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once('disconnect', () => void end().finally(() => process.exit(0)));
}

async function run(commands: Commands, command: string, input: never): Promise<unknown> {
  const found = commands[command];
  if (!found) throw new Error(`no command ${command}`);
  return found(input);
}
