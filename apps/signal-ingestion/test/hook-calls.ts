import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { sign as octokitSign } from '@octokit/webhooks-methods';
import { SignJWT } from 'jose';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';

/** Webhook calls as their senders make them: body and headers. */
export type Call = [body: string, headers: Record<string, string>];

export const hmacOf = (hash: string, secret: string | Buffer, ...parts: string[]): Buffer => createHmac(hash, secret).update(parts.join('')).digest();

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

export function zendeskCall(secret: string, payload: unknown, at = new Date()): Call {
  const body = textOf(payload);
  const time = at.toISOString();
  return [body, { 'x-zendesk-webhook-signature': hmacOf('sha256', secret, time, body).toString('base64'), 'x-zendesk-webhook-signature-timestamp': time }];
}

export function zendeskTicket({ organization, ticket, priority = 'NORMAL', type = 'created', event = {} }: { organization: string | null; ticket: string; priority?: string; type?: string; event?: object }) {
  return {
    type: `zen:event-type:ticket.${type}`,
    account_id: 22_129_848,
    id: `event-${ticket}-${type}`,
    time: '2026-03-02T08:59:00Z',
    zendesk_event_version: '2022-11-06',
    subject: `zen:ticket:${ticket}`,
    detail: { id: ticket, organization_id: organization, requester_id: '8447388090494', priority, status: 'OPEN', subject: 'It burns', tags: ['vip'] },
    event,
  };
}

/** How a sender that signs the body alone does it. */
const bodySigned = (header: string, hash: string, encoding: 'hex' | 'base64', prefix = '') => (secret: string, body: string): Record<string, string> => ({ [header]: prefix + hmacOf(hash, secret, body).toString(encoding) });
const octokit = (header: string) => async (secret: string, body: string): Promise<Record<string, string>> => ({ [header]: await octokitSign(secret, body) });
const stripeSigned = (header: string) => (secret: string, body: string, at: Date): Record<string, string> => ({ [header]: new Stripe('sk_test_x').webhooks.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(at.getTime() / 1000) }) });
const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

export const hookOrigin = 'https://perennial.example';
export const hookUrl = (source: string): string => `${hookOrigin}/v1/hooks/${source}/0199d0e0-0000-7000-8000-000000000001`;

export interface Signing {
  /** Official library behind `sign`, or how else it is known. */
  readonly by: string;
  readonly secret: string;
  readonly other: string;
  /** Headers of a call with this body. */
  readonly sign: (secret: string, body: string, at: Date, url?: string) => Record<string, string> | Promise<Record<string, string>>;
  /** The body as it is sent. */
  readonly wrap?: (secret: string, body: string) => string;
  /** The time is part of what is signed, or the token says when it ends. */
  readonly timed: boolean;
  /** The body is part of what is signed. */
  readonly covers: boolean;
  readonly kind?: 'public_key';
}

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const keys = new Map<string, string>();
/** A public key as the "secret" of an endpoint; the private one is kept here. */
function publicKey(): string {
  const pair = rsa();
  keys.set(pair.publicKey, pair.privateKey);
  return pair.publicKey;
}
const token = async (key: string, claims: Record<string, unknown>, at: Date) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).setIssuedAt(at).setExpirationTime(Math.floor(at.getTime() / 1000) + 300).sign(createPrivateKey(keys.get(key)!));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const whsec = () => `whsec_${randomBytes(32).toString('base64')}`;

const plain = { secret: 'a secret', other: 'another secret', timed: false, covers: true };

/** How each source's sender proves itself, by its official library where there is one. */
export const signings: Readonly<Record<string, Signing>> = {
  zendesk: { ...plain, by: 'HMAC as Zendesk writes it', timed: true, sign: (secret, body, at) => zendeskCall(secret, body, at)[1] },
  intercom: { ...plain, by: 'HMAC as Intercom writes it', sign: bodySigned('x-hub-signature', 'sha1', 'hex', 'sha1=') },
  'jira-service-management': { ...plain, by: '@octokit/webhooks-methods', sign: octokit('x-hub-signature') },
  hubspot: { ...plain, by: 'HMAC, proved by a vector of @hubspot/api-client', timed: true, sign: (secret, body, at, url = hookUrl('hubspot')) => ({ 'x-hubspot-request-timestamp': String(at.getTime()), 'x-hubspot-signature-v3': hmacOf('sha256', secret, 'POST', url, body, String(at.getTime())).toString('base64') }) },
  salesforce: { ...plain, by: 'the secret itself', covers: false, sign: (secret) => ({ authorization: `Bearer ${secret}` }) },
  stripe: { ...plain, by: 'stripe', timed: true, sign: stripeSigned('stripe-signature') },
  chargebee: { ...plain, by: 'the secret itself', covers: false, sign: (secret) => basic('chargebee', secret) },
  recurly: { ...plain, by: 'HMAC as Recurly writes it', timed: true, sign: (secret, body, at) => ({ 'recurly-signature': `${at.getTime()},${'0'.repeat(64)},${hmacOf('sha256', secret, `${at.getTime()}.`, body).toString('hex')}` }) },
  lago: { ...plain, by: 'HMAC as Lago writes it', sign: bodySigned('x-lago-signature', 'sha256', 'base64') },
  'lago, by token': { ...plain, by: 'jose', secret: publicKey(), other: publicKey(), timed: true, kind: 'public_key', sign: async (key, body, at) => ({ 'x-lago-signature': await token(key, { data: body, iss: 'https://api.getlago.com' }, at) }) },
  delighted: { ...plain, by: '@octokit/webhooks-methods', sign: octokit('x-delighted-webhook-signature') },
  typeform: { ...plain, by: 'HMAC as Typeform writes it', sign: bodySigned('typeform-signature', 'sha256', 'base64', 'sha256=') },
  surveymonkey: { ...plain, by: 'HMAC as SurveyMonkey writes it', secret: 'client-id&client-secret', sign: bodySigned('sm-signature', 'sha1', 'base64') },
  qualtrics: { ...plain, by: 'HMAC as far as Qualtrics shows it', sign: () => ({}), wrap: (secret, body) => new URLSearchParams({ Topic: 'brand.surveyengine.completedResponse.SV_1', HMAC: hmacOf('sha512', secret, body).toString('hex'), MSG: body }).toString() },
  calendly: { ...plain, by: 'stripe', timed: true, sign: stripeSigned('calendly-webhook-signature') },
  gong: { ...plain, by: 'jose', secret: publicKey(), other: publicKey(), timed: true, kind: 'public_key', sign: async (key, body, at, url = hookUrl('gong')) => ({ authorization: await token(key, { webhook_url: url, body_sha256: sha256(body) }, at) }) },
  generic: { ...plain, by: 'standardwebhooks', secret: whsec(), other: whsec(), timed: true, sign: (secret, body, at) => ({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': new StandardWebhook(secret).sign('msg_1', at, body) }) },
  'generic, by svix': { ...plain, by: 'svix', secret: whsec(), other: whsec(), timed: true, sign: (secret, body, at) => ({ 'svix-id': 'msg_1', 'svix-timestamp': String(Math.floor(at.getTime() / 1000)), 'svix-signature': new SvixWebhook(secret).sign('msg_1', at, body) }) },
};
