// Lint with a graph that is surely there: without one the boundary rule is skipped with a warning and exit 0.
import { execFileSync } from 'node:child_process';

const projects = execFileSync('nx', ['show', 'projects'], { encoding: 'utf8' }).trim().split('\n');
if (!projects.includes('@perennial/contracts')) {
  console.error('lint: Nx found no project graph, so the module boundaries cannot be checked. Run `npm ci` and try again.');
  process.exit(1);
}
const paths = process.argv.slice(2);
try {
  execFileSync('eslint', ['--max-warnings', '0', '--no-error-on-unmatched-pattern', ...(paths.length ? paths : ['libs', 'apps', 'tools', 'bench', 'chaos'])], { stdio: 'inherit' });
} catch (error) {
  process.exit(error.status ?? 1);
}
