import { createHash, createHmac, createPublicKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import type { Checks, HmacScheme, HookRequest, SharedSecretScheme, TokenScheme } from '../../domain/hooks/hook-source.js';
import type { ItemFault } from '../../domain/item-fault.js';

/** A secret in force, readable. */
export interface HookSecret {
  readonly id: string;
  readonly kind: 'secret' | 'public_key';
  readonly value: string;
}

/**
 * Why a call is not believed; null: it comes from who holds a secret of the endpoint. A public key never checks a
 * keyed hash, whatever the call says of itself. `nows` in ms: a signed time counts as fresh by any of these clocks.
 */
export async function hookFault(checks: Checks, secrets: readonly HookSecret[], request: HookRequest, nows: readonly number[]): Promise<ItemFault | null> {
  const tried = await Promise.all(
    secrets.map(async ({ kind, value }): Promise<Outcome | null> => {
      if (kind === 'public_key') return checks.publicKey ? tokenFault(checks.publicKey, value, request, nows) : null;
      if (!checks.secret) return null;
      return checks.secret.kind === 'hmac' ? hmacFault(checks.secret, value, request, nows) : sharedSecretFault(checks.secret, value, request);
    }),
  );
  const outcomes = tried.filter((outcome) => outcome !== null);
  if (outcomes.length === 0) return fault('secret_missing', 'the source holds no secret that could check this call: give it one with POST /api/v1/sources/{id}/secrets');
  if (outcomes.includes('good')) return null;
  // Stale is said of a call that a secret vouches for, so it is the truer reason.
  return (outcomes as ItemFault[]).find(({ code }) => code === 'signature_stale') ?? (outcomes as ItemFault[])[0]!;
}

type Outcome = 'good' | ItemFault;

const fault = (code: string, detail: string): ItemFault => ({ code, pointer: '', detail });
const missing = (shows: string): ItemFault => fault('signature_missing', `shows no signature: ${shows} must be there`);
const wrong = fault('signature_wrong', 'the signature does not fit: the secret is another one, or the body was changed on the way');

function hmacFault(scheme: HmacScheme, secret: string, request: HookRequest, nows: readonly number[]): Outcome {
  const signed = scheme.read(request);
  if (!signed) return missing(scheme.shows);
  const key = keyOf(scheme, secret);
  if (key === null) return fault('secret_unreadable', 'the secret of the source is no key of Standard Webhooks: give it one (whsec_ and base64), or set settings.signature to how the sender signs');
  const expected = signed.texts.map((parts) => parts.reduce((hash, part) => hash.update(part), createHmac(scheme.hash, key)).digest());
  const shown = signed.signatures.map((signature) => Buffer.from(signature, scheme.encoding));
  if (!expected.some((digest) => shown.some((candidate) => candidate.length === digest.length && timingSafeEqual(candidate, digest)))) return wrong;
  const { signedAt } = signed;
  if (scheme.toleranceSeconds === null || signedAt === null) return 'good';
  const off = Math.min(...nows.map((now) => Math.abs(now - signedAt)));
  // NaN is not within.
  return off <= scheme.toleranceSeconds * 1000 ? 'good' : fault('signature_stale', `was signed more than ${scheme.toleranceSeconds} s ago or ahead: check the clocks; a call that was recorded and sent again looks so too`);
}

/** The bytes a keyed hash is made with; null: the secret is none of the scheme's form. Of what is no base64 too few would be left, or none. */
export function keyOf({ key }: Pick<HmacScheme, 'key'>, secret: string): Buffer | null {
  if (key === 'text') return Buffer.from(secret, 'utf8');
  return /^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/.test(secret) ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : null;
}

function sharedSecretFault(scheme: SharedSecretScheme, secret: string, request: HookRequest): Outcome {
  const shown = scheme.read(request);
  if (shown.length === 0) return missing(scheme.shows);
  const expected = sha256(secret);
  return shown.some((candidate) => timingSafeEqual(sha256(candidate), expected)) ? 'good' : wrong;
}

const sha256 = (content: string | Uint8Array): Buffer => createHash('sha256').update(content).digest();

async function tokenFault(scheme: TokenScheme, key: string, request: HookRequest, nows: readonly number[]): Promise<Outcome> {
  const token = scheme.read(request);
  if (token === null) return missing(scheme.shows);
  const publicKey = publicKeyOf(key);
  if (publicKey === null) return fault('secret_unreadable', 'the public key of the source is none: give it another one');
  let claims: Readonly<Record<string, unknown>>;
  try {
    const { payload } = await compactVerify(token, publicKey, { algorithms: ['RS256'] });
    claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  } catch {
    return wrong;
  }
  const { exp } = claims;
  if (typeof exp === 'number' && Math.min(...nows) > exp * 1000) return fault('signature_stale', 'the token has run out: a call that was recorded and sent again looks so');
  const about = scheme.faultOf({ claims, bodySha256: sha256(request.body).toString('hex'), body: Buffer.from(request.body).toString('utf8'), urls: request.urls });
  return about === null ? 'good' : fault('signature_wrong', about);
}

/** PEM, or base64 of PEM or DER (SubjectPublicKeyInfo); null: none of these, or no RSA key. */
export function publicKeyOf(text: string): KeyObject | null {
  const decoded = Buffer.from(text.replaceAll(/\s/g, ''), 'base64');
  for (const read of [() => createPublicKey(text), () => createPublicKey(decoded.toString('utf8')), () => createPublicKey({ key: decoded, format: 'der', type: 'spki' })]) {
    try {
      const key = read();
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // The next form.
    }
  }
  return null;
}
