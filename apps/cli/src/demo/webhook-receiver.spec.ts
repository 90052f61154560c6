import { Webhook } from 'standardwebhooks';
import { WebhookReceiver } from './webhook-receiver.js';

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('the receiver of the demo', () => {
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(() => receiver.stop());

  async function post(body: string, signedWith: string, signed = body): Promise<number> {
    const at = new Date();
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': new Webhook(signedWith).sign('msg_1', at, signed) };
    return (await fetch(receiver.url, { method: 'POST', headers, body })).status;
  }

  it('takes what the stock verifier accepts', async () => {
    receiver.trust(secret);
    expect(await post('{"type":"risk.changed"}', secret)).toBe(204);
    expect(receiver.received).toMatchObject([{ id: 'msg_1', body: { type: 'risk.changed' } }]);
  });
  it('refuses another secret, another body and all before it knows a secret', async () => {
    expect(await post('{}', secret)).toBe(401);
    receiver.trust(secret);
    expect(await post('{}', `whsec_${Buffer.alloc(24, 8).toString('base64')}`)).toBe(401);
    expect(await post('{"a":1}', secret, '{}')).toBe(401);
    expect([receiver.received.length, receiver.refused.length]).toEqual([0, 3]);
  });
});
