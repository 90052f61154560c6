/** A logistic regression: coefficients by feature, and how sharply the data speak of them (Fisher information, row by row, the intercept taken out). */
export interface LogisticFit {
  readonly coefficients: Float64Array;
  readonly information: Float64Array;
}

/** Cases by rows of `width` features each, standardised; the outcome of each, 0 or 1. */
export interface Sample {
  readonly width: number;
  readonly features: Float64Array;
  readonly outcomes: Float64Array;
}

const mostSteps = 25;

/**
 * Logistic regression by Newton's method. `ridge` (at least a little) keeps coefficients finite where a feature tells the outcomes
 * apart without an error, or repeats another.
 */
export function fitLogistic({ width, features, outcomes }: Sample, ridge = 1): LogisticFit {
  const size = width + 1;
  const beta = new Float64Array(size);
  const information = new Float64Array(size * size);
  for (let step = 0; step < mostSteps; step += 1) {
    const gradient = new Float64Array(size);
    information.fill(0);
    for (let row = 0; row < outcomes.length; row += 1) {
      const start = row * width;
      let logOdds = beta[width]!;
      for (let j = 0; j < width; j += 1) logOdds += beta[j]! * features[start + j]!;
      const p = 1 / (1 + Math.exp(-logOdds));
      const miss = outcomes[row]! - p;
      const weight = p * (1 - p);
      for (let j = 0; j < width; j += 1) {
        const x = features[start + j]!;
        gradient[j]! += miss * x;
        const weighted = weight * x;
        for (let k = 0; k <= j; k += 1) information[j * size + k]! += weighted * features[start + k]!;
        information[width * size + j]! += weighted;
      }
      gradient[width]! += miss;
      information[width * size + width]! += weight;
    }
    for (let j = 0; j < width; j += 1) {
      gradient[j]! -= ridge * beta[j]!;
      information[j * size + j]! += ridge;
    }
    information[width * size + width]! += 1e-9;
    for (let j = 0; j < size; j += 1) for (let k = 0; k < j; k += 1) information[k * size + j] = information[j * size + k]!;
    const move = solve(information, gradient, size);
    let farthest = 0;
    for (let j = 0; j < size; j += 1) {
      beta[j]! += Math.max(-3, Math.min(3, move[j]!));
      farthest = Math.max(farthest, Math.abs(move[j]!));
    }
    if (farthest < 1e-8) break;
  }
  return { coefficients: beta.slice(0, width), information: withoutIntercept(information, width) };
}

/** What remains of the information when the intercept is free to follow. */
function withoutIntercept(full: Float64Array, width: number): Float64Array {
  const size = width + 1;
  const own = full[width * size + width]!;
  const rest = new Float64Array(width * width);
  for (let j = 0; j < width; j += 1) for (let k = 0; k < width; k += 1) rest[j * width + k] = full[j * size + k]! - (full[j * size + width]! * full[width * size + k]!) / own;
  return rest;
}

/** Solves the symmetric positive definite system by Cholesky's method. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i * size + k]! * lower[j * size + k]!;
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[j * size + j]!;
    }
  }
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) solution[i]! -= lower[i * size + k]! * solution[k]!;
    solution[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) solution[i]! -= lower[k * size + i]! * solution[k]!;
    solution[i]! /= lower[i * size + i]!;
  }
  return solution;
}

const steps = 40;
const smallestPenalty = 1e-4;
const mostRounds = 200;

/**
 * The features that a fit does not do without: the adaptive lasso on the fit's own quadratic approximation (Wang and Leng 2007,
 * least squares approximation), the penalty chosen by the Bayesian information criterion over `cases`. True by feature.
 */
export function selectFeatures({ coefficients, information }: LogisticFit, cases: number): boolean[] {
  const width = coefficients.length;
  const beta = new Float64Array(width);
  const sizes = coefficients.map((value) => Math.max(1e-9, Math.abs(value)));
  // How hard the data pull at each coefficient from where it stands.
  const pull = new Float64Array(width);
  for (let j = 0; j < width; j += 1) for (let k = 0; k < width; k += 1) pull[j]! += information[j * width + k]! * coefficients[k]!;
  let penalty = pull.reduce((most, value, j) => Math.max(most, Math.abs(value) * sizes[j]!), 0);
  const shrink = smallestPenalty ** (1 / steps);
  let best = { criterion: Infinity, selected: Array.from({ length: width }, () => false) };
  for (let step = 0; step <= steps; step += 1, penalty *= shrink) {
    descend(beta, pull, information, sizes.map((size) => penalty / size));
    const distance = coefficients.reduce((sum, value, j) => sum + (value - beta[j]!) * pull[j]!, 0);
    const selected = Array.from(beta, (value) => value !== 0);
    const criterion = distance + Math.log(cases) * selected.filter(Boolean).length;
    if (criterion < best.criterion) best = { criterion, selected };
  }
  return best.selected;
}

/** Coordinate descent to the minimum for these penalties; keeps `pull` true to `beta`. */
function descend(beta: Float64Array, pull: Float64Array, information: Float64Array, penalties: Float64Array): void {
  const width = beta.length;
  for (let round = 0; round < mostRounds; round += 1) {
    let hasMoved = false;
    for (let j = 0; j < width; j += 1) {
      const own = information[j * width + j]!;
      const wanted = pull[j]! + own * beta[j]!;
      const least = penalties[j]!;
      const next = wanted > least ? (wanted - least) / own : wanted < -least ? (wanted + least) / own : 0;
      const move = next - beta[j]!;
      if (move === 0) continue;
      beta[j] = next;
      for (let k = 0; k < width; k += 1) pull[k]! -= information[k * width + j]! * move;
      if (move > 1e-9 || move < -1e-9) hasMoved = true;
    }
    if (!hasMoved) return;
  }
}
