import type { Cell } from '../cell.js';
import { brokerCells } from './broker.js';
import { clockCells } from './clock.js';
import { databaseCells } from './database.js';
import { inputCells } from './input.js';
import { killPointCells } from './kill-points.js';
import { networkCells } from './network.js';
import { processCells } from './processes.js';
import { rollingRestartCells } from './rolling-restart.js';
import { webhookCells } from './webhooks.js';

const numberOf = ({ id }: Cell): number => Number.parseInt(id, 10);

/** The fault matrix, in its order. */
export const allCells: readonly Cell[] = [...killPointCells, ...processCells, ...rollingRestartCells, ...brokerCells, ...databaseCells, ...networkCells, ...inputCells, ...clockCells, ...webhookCells].sort((a, b) => numberOf(a) - numberOf(b));
