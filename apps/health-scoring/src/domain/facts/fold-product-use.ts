import { keepNewest } from './keep-newest.js';
import { latest, type Mark } from './mark.js';

const mostProducts = 20;

export function foldProductUse(products: Map<string, Mark>, product: string, mark: Mark): void {
  products.set(product, latest(products.get(product) ?? null, mark));
  keepNewest(products, mostProducts, (known) => known);
}
