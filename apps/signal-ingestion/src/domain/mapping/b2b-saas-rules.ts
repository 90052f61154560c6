import type { MappingRule } from './mapping-rule.js';

const property = (name: string) => ({ cel: `properties.${name}` });

/**
 * Segment's B2B SaaS spec: names and properties of its lifecycle events. `Signed In` stays use of the product. Trials are
 * told in the timeline and as traits: neither says how the contract stands, so no score follows from them.
 */
export const b2bSaasRules: readonly MappingRule[] = [
  { name: 'Account Created', events: ['Account Created'], kind: 'none', account: { name: property('account_name') } },
  { name: 'Account Deleted', events: ['Account Deleted'], kind: 'note', data: { text: 'The account was deleted in the product.', author: { cel: 'vendor' } } },
  { name: 'Account Added User', events: ['Account Added User'], kind: 'person', data: { change: 'created', email: { cel: 'traits.email' }, name: { cel: 'traits.name' }, title: { cel: 'traits.title' } } },
  { name: 'Account Removed User', events: ['Account Removed User'], kind: 'person', data: { change: 'deactivated' } },
  {
    name: 'Signed Up', events: ['Signed Up'], kind: 'person',
    data: { change: 'created', email: property('email'), name: { cel: `properties.first_name + ' ' + properties.last_name` }, title: property('title') },
  },
  { name: 'Signed Out', events: ['Signed Out'], kind: 'none' },
  { name: 'Invite Sent', events: ['Invite Sent'], kind: 'usage', feature: 'invites' },
  {
    name: 'Trial Started', events: ['Trial Started'], kind: 'note', data: { text: 'A trial was started in the product.', author: { cel: 'vendor' } },
    account: { trialStartsOn: property('trial_start_date'), trialEndsOn: property('trial_end_date'), trialPlan: property('trial_plan_name') },
  },
  {
    name: 'Trial Ended', events: ['Trial Ended'], kind: 'note', data: { text: 'A trial ended in the product.', author: { cel: 'vendor' } },
    account: { trialStartsOn: property('trial_start_date'), trialEndsOn: property('trial_end_date'), trialPlan: property('trial_plan_name') },
  },
];
