// The unit tests that `main.js` names, as `npm run test:unit` runs them.
import { fileURLToPath } from 'node:url';
import workspace from '../../jest.config.mjs';

const unit = workspace.projects.find(({ displayName }) => displayName === 'unit');
const testMatch = process.env.MUTATION_SPECS.split(' ').map((specs) => `<rootDir>/${specs}`);
export default { ...unit, rootDir: fileURLToPath(new URL('../..', import.meta.url)), testMatch, testTimeout: workspace.testTimeout };
