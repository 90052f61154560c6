import type { Principal } from '@perennial/service-kit/access';
import type { IdentityTokenSigner } from '@perennial/service-kit/identity-token';

/** How long a token is used again, in ms: half of what it is good for, so that it is never old on arrival. */
const reuseMs = 30_000;
const keptTokens = 2_000;

/** Identity tokens for the services, signed once per caller and service and used again for a while. */
export class IdentityTokens {
  private readonly kept = new Map<string, { readonly token: Promise<string>; readonly madeAt: number }>();

  constructor(private readonly signer: IdentityTokenSigner) {}

  /** Keyed by everything the token says, so a changed role or scope shows at once. */
  of(principal: Principal, audience: string): Promise<string> {
    const key = JSON.stringify([audience, principal.sub, principal.role, principal.scopes]);
    const now = performance.now();
    const known = this.kept.get(key);
    if (known && now - known.madeAt < reuseMs) return known.token;
    // Insertion order is age: the oldest go first.
    this.kept.delete(key);
    for (const [oldest, { madeAt }] of this.kept) {
      if (this.kept.size < keptTokens && now - madeAt < reuseMs) break;
      this.kept.delete(oldest);
    }
    const token = this.signer.sign(principal, audience);
    this.kept.set(key, { token, madeAt: now });
    return token;
  }
}
