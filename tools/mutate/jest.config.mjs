// Runs one file that holds many unit tests (`together.js`), as `npm run test:unit` runs each.
import { fileURLToPath } from 'node:url';
import workspace from '../../jest.config.mjs';

const unit = workspace.projects.find(({ displayName }) => displayName === 'unit');
export default { ...unit, rootDir: fileURLToPath(new URL('../..', import.meta.url)), testMatch: ['<rootDir>/tools/mutate/together.ts'], testTimeout: workspace.testTimeout };
