import { InvalidArgumentError, type Command } from 'commander';
import type { ApiOptions } from '../commands/api-client.js';

type Options = ApiOptions & { readonly json?: boolean };
type Reaching = (command: Command, scopes?: string) => Command;

/** `perennial scorecard ..`: from a file to what judges. */
export function addScorecard(program: Command, reaching: Reaching): void {
  const cards = program.command('scorecard').description('Scorecards, by which accounts are judged: lint, show, diff, simulate, backtest, publish, roll back.');
  cards
    .command('lint')
    .description('Says what is wrong with a file, by line; exit code 1 when something is. Asks no system.')
    .argument('<file>', 'YAML or JSON')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  perennial scorecard lint csm-led.yaml')
    .action(async (file: string, options: { json?: boolean }) => {
      const { lintScorecard } = await import('../commands/scorecard.js');
      if (!(await lintScorecard(file, options.json ?? false))) process.exitCode = 1;
    });
  reaching(cards.command('show').description('Prints the revision in force, else the newest, as YAML.').argument('<id>', 'e.g. csm-led'), 'scope health:read')
    .option('--revision <number>', 'another revision', revision)
    .addHelpText('after', '\nExample:\n  perennial scorecard show csm-led > csm-led.yaml')
    .action(async (id: string, options: Options & { revision?: number }) => {
      const { showScorecard } = await import('../commands/scorecard.js');
      await showScorecard(options, id, options.revision, options.json ?? false);
    });
  reaching(cards.command('diff').description('Says what a file changes against the revision in force.').argument('<file>', 'YAML or JSON'), 'scope health:read')
    .option('--against <number>', 'compare with another revision', revision)
    .addHelpText('after', '\nExample:\n  perennial scorecard diff csm-led.yaml')
    .action(async (file: string, options: Options & { against?: number }) => {
      const { diffScorecard } = await import('../commands/scorecard.js');
      await diffScorecard(options, file, options.against, options.json ?? false);
    });
  reaching(cards.command('simulate').description('Says what a file would have done to every account on the last days.').argument('<file>', 'YAML or JSON'), 'scopes operate and health:read')
    .option('--days <number>', 'days up to today', daysOf, 90)
    .addHelpText('after', '\nNothing is kept as a revision, nobody is told. An interrupt (Ctrl-C) cancels it.\n\nExample:\n  perennial scorecard simulate csm-led.yaml --days 180')
    .action(async (file: string, options: Options & { days: number }) => {
      const { simulateScorecard } = await import('../commands/simulate-scorecard.js');
      await simulateScorecard(options, file, options.days, options.json ?? false);
    });
  reaching(cards.command('backtest').description('Says how well a revision would have warned of losses, from how contracts ended.').argument('<id>', 'e.g. csm-led'), 'scopes operate and health:read')
    .option('--revision <number>', 'another revision than the one in force, drafts too', revision)
    .option('--no-wait', 'do not wait for what it finds')
    .addHelpText('after', '\nExample:\n  perennial scorecard backtest csm-led --revision 4')
    .action(async (id: string, options: Options & { revision?: number; wait: boolean }) => {
      const { backtestScorecard } = await import('../commands/backtest.js');
      await backtestScorecard(options, id, options.revision, options.wait, options.json ?? false);
    });
  changing(cards.command('publish').description('Keeps a file as the next revision and puts it in force.').argument('<file>', 'YAML or JSON'), reaching)
    .addHelpText('after', '\nExample:\n  perennial scorecard publish csm-led.yaml --reason "Touches weigh less since accounts help themselves"')
    .action(async (file: string, options: Options & Change) => {
      const { publishScorecard } = await import('../commands/scorecard.js');
      await publishScorecard(options, file, options.reason, options.wait, options.json ?? false);
    });
  changing(cards.command('roll-back').description('Puts back what was in force before the last publication.').argument('<id>', 'e.g. csm-led'), reaching)
    .addHelpText('after', '\nExample:\n  perennial scorecard roll-back csm-led --reason "Too many accounts turned red"')
    .action(async (id: string, options: Options & Change) => {
      const { rollBackScorecard } = await import('../commands/scorecard.js');
      await rollBackScorecard(options, id, options.reason, options.wait, options.json ?? false);
    });
  reaching(cards.command('retire').description('Takes a scorecard out of force; its accounts are judged by the next whose criteria they meet.').argument('<id>', 'e.g. digital'), 'scope operate')
    .requiredOption('--reason <words>', 'why; kept with who and when', words)
    .addHelpText('after', '\nExample:\n  perennial scorecard retire enterprise --reason "csm-led judges them as well"')
    .action(async (id: string, options: Options & Pick<Change, 'reason'>) => {
      const { retireScorecard } = await import('../commands/scorecard.js');
      await retireScorecard(options, id, options.reason, options.json ?? false);
    });
}

interface Change {
  readonly reason: string;
  readonly wait: boolean;
}

const changing = (command: Command, reaching: Reaching): Command =>
  reaching(command, 'scopes operate and health:read').requiredOption('--reason <words>', 'why; kept with who and when', words).option('--no-wait', 'do not wait until every account has been looked at');

function revision(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('must be the number of a revision');
  return Number(text);
}

function daysOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('must be a number of days');
  return Number(text);
}

function words(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('must say why');
  // Refused later it would leave a draft behind.
  if (text.length > 2000) throw new InvalidArgumentError('must be at most 2000 characters');
  return text;
}
