import { SaxesParser } from 'saxes';
import type { Item } from '../vendors/vendor.js';

interface Open {
  readonly name: string;
  readonly children: [string, unknown][];
  type: string | null;
  text: string;
}

const deepest = 20;
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

class NoMessage extends Error {}

/**
 * The notifications of a Salesforce outbound message, each as its id and its object's fields (text), with the
 * object's type; null: it is no such message. saxes expands no entities but XML's own five.
 */
export function notificationsOf(xml: string): readonly { readonly id: string | null; readonly record: Item }[] | null {
  try {
    const notifications = read(xml);
    return notifications.length === 0 ? null : notifications;
  } catch (error) {
    if (error instanceof NoMessage) return null;
    throw error;
  }
}

/** Ends with the first thing that is wrong: what follows is not worth reading. */
function read(xml: string): { id: string | null; record: Item }[] {
  const stop = (): never => {
    throw new NoMessage();
  };
  const parser = new SaxesParser();
  const stack: Open[] = [{ name: '', children: [], type: null, text: '' }];
  const notifications: { id: string | null; record: Item }[] = [];
  const here = (): Open => stack.at(-1) as Open;
  parser.on('error', stop);
  parser.on('doctype', stop);
  parser.on('opentag', ({ name, attributes }) => {
    if (stack.length > deepest) stop();
    const type = Object.entries(attributes).find(([attribute]) => local(attribute) === 'type' && attribute !== 'type')?.[1];
    stack.push({ name: local(name), children: [], type: type === undefined ? null : local(type), text: '' });
  });
  parser.on('text', (text) => (here().text += text));
  parser.on('cdata', (text) => (here().text += text));
  parser.on('closetag', () => {
    const done = stack.pop() as Open;
    if (done.name !== 'Notification') return void here().children.push([done.name, valueOf(done)]);
    const fields = new Map(done.children);
    const record = fields.get('sObject');
    const notificationId = fields.get('Id');
    if (typeof record === 'object' && record !== null) notifications.push({ id: typeof notificationId === 'string' ? notificationId : null, record: record as Item });
  });
  parser.write(xml).close();
  return notifications;
}

function valueOf({ name, children, type, text }: Open): unknown {
  if (name === 'sObject') return { ...Object.fromEntries(children), attributes: { type } };
  return children.length > 0 ? Object.fromEntries(children) : text.trim();
}
