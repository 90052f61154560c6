import { clients, groupClients, type ClientGroup, type ClientRequest } from '@perennial/testing/vendor-clients';
import type { ItemOf } from './plan.js';

type Told = ItemOf<'clients'>;

/** The requests in which a client sends what it was told, each with what it holds: all of it where the client batches. */
export function clientRequests(client: string, told: readonly Told[], writeKey: string): { request: ClientRequest; holds: readonly Told[] }[] {
  const send = (groupClients[client] ?? clients[client]) as (typeof groupClients)[string];
  const requests = send(told.map(({ event }) => event as ClientGroup), writeKey);
  return requests.map((request, at) => ({ request, holds: requests.length === 1 ? told : [told[at]!] }));
}
