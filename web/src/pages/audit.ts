/** The words of audit actions. An action without words here is shown as it is called. */
const WORDS: Record<string, string> = {
  'accounts.create': 'added an account',
  'accounts.update': 'changed an account',
  'accounts.delete': 'deleted an account',
  'keys.create': 'added a key',
  'keys.update': 'changed a key',
  'keys.replace': 'replaced a key',
  'keys.delete': 'deleted a key',
  'keys.reveal': 'showed or copied a full key',
  'keys.test': 'tested a key',
  'keys.link': 'linked a key',
  'session.create': 'signed in',
  'session.end': 'signed out or ended a session',
  'password.change': 'changed the password',
  'tokens.create': 'made an admin token',
  'tokens.revoke': 'revoked an admin token',
  'settings.update': 'changed the settings',
  'budgets.create': 'set a budget',
  'budgets.update': 'changed a budget',
  'budgets.delete': 'removed a budget',
  'prices.update': 'changed the prices',
  'rekey.start': 'began to re-seal under a new master key',
  'rekey.finish': 'finished re-sealing',
  'usage.refresh': 'asked the providers for usage'
};
export const actionWords = (action: string) => WORDS[action] ?? action;
export const knownActions = Object.keys(WORDS);
