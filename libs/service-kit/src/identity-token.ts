import { SignJWT, errors, exportJWK, generateKeyPair, importJWK, jwtVerify, type CryptoKey, type JWK } from 'jose';
import { scopes, type Principal, type Scope } from './access.js';

/** Seconds an identity token is good for, by the machine's clock. */
export const identityTokenSeconds = 60;
const issuer = 'perennial:gateway';

/** Signs the tokens that tell a service who calls; only the gateway (and tests) hold the private key. */
export class IdentityTokenSigner {
  private constructor(private readonly key: CryptoKey) {}

  /** `privateJwk`: Ed25519 private key as JWK JSON. Throws a TypeError when it is none. */
  static async fromJwk(privateJwk: string): Promise<IdentityTokenSigner> {
    return new IdentityTokenSigner(await importKey(privateJwk));
  }

  /** An EdDSA JWT good for 60 s at the service `audience` alone. */
  sign(principal: Principal, audience: string): Promise<string> {
    return new SignJWT({ role: principal.role, scopes: principal.scopes })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setSubject(principal.sub)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${identityTokenSeconds}s`)
      .sign(this.key);
  }
}

/** Reads the tokens that are meant for one service. */
export class IdentityTokenVerifier {
  private constructor(
    private readonly key: CryptoKey,
    private readonly audience: string,
  ) {}

  /** `publicJwk`: Ed25519 public key as JWK JSON. */
  static async fromJwk(publicJwk: string, audience: string): Promise<IdentityTokenVerifier> {
    return new IdentityTokenVerifier(await importKey(publicJwk), audience);
  }

  /** The caller; null when the token is forged, expired, meant for another service or no token at all. */
  async verify(token: string): Promise<Principal | null> {
    try {
      const { payload } = await jwtVerify(token, this.key, { algorithms: ['EdDSA'], issuer, audience: this.audience, requiredClaims: ['sub', 'exp'], clockTolerance: 5 });
      const granted = Array.isArray(payload['scopes']) ? payload['scopes'].filter((scope): scope is Scope => (scopes as readonly unknown[]).includes(scope)) : [];
      return { sub: payload.sub ?? '', role: typeof payload['role'] === 'string' ? payload['role'] : null, scopes: granted };
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

/** A new pair of Ed25519 keys as JWK JSON: for first starts and tests. */
export async function newIdentityKeys(): Promise<{ privateJwk: string; publicJwk: string }> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return { privateJwk: JSON.stringify(await exportJWK(pair.privateKey)), publicJwk: JSON.stringify(await exportJWK(pair.publicKey)) };
}

async function importKey(json: string): Promise<CryptoKey> {
  const key = await importJWK(JSON.parse(json) as JWK, 'EdDSA');
  if (key instanceof Uint8Array) throw new TypeError('the identity key must be an Ed25519 key (JWK)');
  return key;
}
