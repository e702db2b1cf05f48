/** The words of audit actions. An action without words here is shown as it is called. */
import type { Schema } from '../api/client';

const THINGS: Record<string, string> = {
  accounts: 'an account',
  keys: 'a key',
  customers: 'a customer',
  customer_keys: 'a customer key',
  websites: 'a website',
  rental_accounts: 'a rental account',
  rentals: 'a rental',
  plans: 'a plan',
  subscriptions: 'a subscription',
  invoices: 'an invoice',
  webhooks: 'a webhook',
  budgets: 'a budget',
  prices: 'the prices',
  settings: 'the settings',
  tokens: 'an admin token',
  session: 'a session',
  password: 'the password',
  backups: 'a backup',
  imports: 'an import'
};
const VERBS: Record<string, string> = { create: 'added', update: 'changed', change: 'changed', delete: 'deleted', replace: 'replaced', test: 'tested', link: 'linked', revoke: 'revoked', rotate: 'rotated', restore: 'brought back', put_aside: 'put aside', take_back: 'took back', download: 'downloaded', end: 'ended', finish: 'finished', archive: 'archived', start: 'began', cancel: 'ended', resume: 'took back the end of', finalise: 'made final', credit: 'credited', disable: 'switched off' };
const WORDS: Record<string, string> = {
  'keys.reveal': 'showed or copied a full key',
  'keys.test_all': 'tested many keys',
  'rental_accounts.reveal': 'showed or copied a password',
  'rental_accounts.set_password': 'set a password',
  'rental_accounts.import': 'imported rental accounts',
  'customers.billing': 'changed what stands on a customer’s invoices',
  'customers.suspend_for_arrears': 'suspended a customer for overdue invoices',
  'customers.lift_arrears': 'let a customer in again',
  'invoices.pay': 'marked an invoice as paid',
  'webhooks.renew_secret': 'made another secret for a webhook',
  'webhooks.resend': 'sent a message once more',
  'websites.renew_secret': 'renewed the secret of a webhook',
  'session.create': 'signed in',
  'tokens.create': 'made an admin token',
  'backups.create': 'made a backup',
  'imports.create': 'began an import',
  'rekey.start': 'began to re-seal under a new master key',
  'rekey.finish': 'finished re-sealing',
  'usage.refresh': 'asked the providers for usage',
  'ledger.drop_events': 'dropped old calls, as the settings say'
};
export function actionWords(action: string): string {
  const [thing = '', verb = ''] = action.split('.');
  return WORDS[action] ?? (VERBS[verb] && THINGS[thing] ? `${VERBS[verb]} ${THINGS[thing]}` : action);
}
/** What the log is filtered by: all that was done with one kind of thing, and what one looks for most. */
export const ACTIONS = [...Object.keys(THINGS).map((thing) => [`${thing}.`, thing.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())] as const), ...Object.entries(WORDS)];

export const details = (line: Schema['AuditLine']) => Object.entries(line.details).map(([name, value]) => `${name} ${value}`).join(', ');

const PAGES: Record<string, string> = { provider_keys: '/my/keys/', accounts: '/my/accounts?open=', customers: '/customers/list/', customer_keys: '/customers/keys/', rental_accounts: '/rentals/accounts/', plans: '/plans/', invoices: '/invoices/', webhooks: '/settings/webhooks/' };
/** The page of what a line is about, such as "provider_keys/17"; undefined: it has none. */
export function pageOf(subject: string): string | undefined {
  const [kind = '', id] = subject.split('/');
  return PAGES[kind] && id && PAGES[kind] + id;
}
