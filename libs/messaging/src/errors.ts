export { Fatal, Transient } from '@perennial/persistence/errors';
