/** What is asked about accounts, budgets and keys, as forms for `Ask`. */
import { api, attempt, settle, type Problem, type Schema } from '../../api/client';
import { live } from '../../api/live.svelte';
import { typedAmount } from '../../lib/money';
import { toast } from '../../lib/toast.svelte';
import type { Request } from '../../ui/Ask.svelte';

type Account = Schema['Account'];
type Key = Schema['ProviderKey'];
export const accountName = (account: Pick<Account, 'name' | 'email'>) => account.name || account.email;
const options = (accounts: Account[]) => accounts.map((each) => [String(each.id), accountName(each)] as const);

export function accountForm(account: Account | null): Request {
  const once = attempt();
  return {
    title: account ? `Change ${accountName(account)}` : 'Add an account',
    button: account ? 'Save the account' : 'Add the account',
    values: { email: account?.email ?? '', name: account?.name ?? '', organization_name: account?.organization_name ?? '' },
    fields: () => [
      { name: 'email', label: 'E-mail', kind: 'email', max: 254, placeholder: 'dana@example.com', must: 'Enter the e-mail address the account is known by.' },
      { name: 'name', label: 'Name', placeholder: 'Dana' },
      { name: 'organization_name', label: 'Organization' }
    ],
    send: async (values) => {
      const body = { email: values.email!.trim(), name: values.name!.trim() || null, organization_name: values.organization_name!.trim() || null };
      const said = account
        ? await settle(api.PUT('/api/accounts/{id}', { params: { path: { id: account.id } }, body }))
        : await settle(api.POST('/api/accounts', { params: { header: { 'Idempotency-Key': once } }, body }));
      if ('problem' in said) return said.problem;
      toast(`${account ? 'Changed' : 'Added'} ${accountName(said.data)}`);
      live.touch('accounts');
      return null;
    }
  };
}

/** What a budget is for does not change afterwards. */
export function budgetForm(budget: Schema['Budget'] | null, accounts: Account[]): Request {
  const once = attempt();
  return {
    title: budget ? `Change the budget ${budget.name}` : 'Set a monthly budget',
    button: budget ? 'Save the budget' : 'Set the budget',
    values: { account_id: '', amount: budget?.amount.amount.replace(/\.?0+$/, '') ?? '', currency: budget?.amount.currency ?? 'USD', webhook_url: budget?.webhook_url ?? '' },
    fields: () => [
      ...(budget ? [] : [{ name: 'account_id', label: 'For', kind: 'choice', options: [['', 'Everything'], ...options(accounts)] } as const]),
      { name: 'amount', label: 'Amount a month', placeholder: '500', must: 'Enter an amount above zero.' },
      { name: 'currency', label: 'Currency', max: 3, must: 'Enter a currency, such as USD.' },
      { name: 'webhook_url', label: 'Webhook', kind: 'url', max: 2048, placeholder: 'https://', hint: 'Called at 80 and at 100 per cent. Nothing is blocked.' }
    ],
    send: async (values) => {
      const amount = typedAmount(values.amount!);
      if (!amount) return { status: 0, code: 'amount', detail: 'Enter an amount above zero.', field: 'amount' };
      const body = { amount: { amount, currency: values.currency!.trim() }, webhook_url: values.webhook_url!.trim() || null };
      const said = budget
        ? await settle(api.PUT('/api/budgets/{id}', { params: { path: { id: budget.id } }, body }))
        : await settle(api.POST('/api/budgets', { params: { header: { 'Idempotency-Key': once } }, body: { ...body, account_id: Number(values.account_id) || null } }));
      if ('problem' in said) return said.problem;
      toast(`${budget ? 'Changed' : 'Set'} the budget ${said.data.name}`);
      live.touch('budgets');
      return null;
    }
  };
}

async function change(key: Key, body: Schema['ProviderKeyUpdate']): Promise<Problem | null> {
  const said = await settle(api.PUT('/api/keys/{id}', { params: { path: { id: key.id } }, body }));
  if ('problem' in said) return said.problem;
  toast(`Changed ${said.data.name}`);
  live.touch('keys', 'accounts', 'usage');
  return null;
}
export const renameForm = (key: Key): Request => ({
  title: `Rename ${key.name}`,
  button: 'Save',
  values: { name: key.name, notes: key.notes },
  fields: () => [
    { name: 'name', label: 'Name', must: 'A key needs a name.' },
    { name: 'notes', label: 'Notes', kind: 'notes' }
  ],
  send: ({ name, notes }) => change(key, { name: name!.trim(), notes })
});
export const moveForm = (key: Key, accounts: Account[]): Request => ({
  title: `Move to another account: ${key.name}`,
  button: 'Move the key',
  values: { account_id: String(key.account_id) },
  fields: () => [{ name: 'account_id', label: 'Account', kind: 'choice', options: options(accounts) }],
  send: ({ account_id }) => change(key, { account_id: Number(account_id) })
});
/** `admins`: the admin keys of the same provider. */
export const linkForm = (key: Key, admins: Key[]): Request => ({
  title: `Link to an admin key: ${key.name}`,
  button: 'Save the link',
  values: { admin_key_id: String(key.admin_key_id ?? '') },
  fields: () => [
    {
      name: 'admin_key_id',
      label: 'Admin key',
      kind: 'choice',
      hint: admins.length ? 'The admin key of the organization that this key belongs to; it reads its usage and cost.' : 'No admin key of this provider is held. Add one first.',
      options: [['', 'Not linked'], ...admins.map((each) => [String(each.id), each.name] as const)]
    }
  ],
  send: ({ admin_key_id }) => change(key, { admin_key_id: Number(admin_key_id) || null })
});
