// Every page and dialog that the tests and the screenshots go through: name, path, and what is done there first.
const press = (name) => async (page) => {
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.waitForTimeout(200)
}

export const PAGES = {
  login: { path: '/login' },
  usage: { path: '/my/usage' },
  'usage-table': { path: '/my/usage?view=table&metric=requests&days=7' },
  keys: { path: '/my/keys' },
  key: { path: '/my/keys/2', act: (page) => page.waitForTimeout(400) },
  'key-rejected': { path: '/my/keys/4', act: (page) => page.waitForTimeout(400) },
  accounts: { path: '/my/accounts?open=1' },
  'customer-keys': { path: '/customers/keys' },
  'customer-key': { path: '/customers/keys/1', act: (page) => page.waitForTimeout(400) },
  'customer-key-revoked': { path: '/customers/keys/5', act: (page) => page.waitForTimeout(400) },
  'customer-key-limits': {
    path: '/customers/keys/1',
    act: async (page) => {
      await page.getByRole('heading', { name: 'Limits' }).waitFor()
      await press('Change the limits')(page)
    },
  },
  'create-customer-key': {
    path: '/customers/keys',
    act: async (page) => {
      await press('Create key')(page)
      await page.getByText('Name, expiry, notes').click()
    },
  },
  'customer-key-shown-once': {
    path: '/customers/keys',
    act: async (page) => {
      await press('Create key')(page)
      const form = page.getByRole('dialog', { name: 'Create a customer key' })
      await form.getByLabel('Customer', { exact: true }).fill('Harbour Analytics')
      await form.getByLabel('E-mail').fill('ops@harbour.example')
      await form.getByLabel('Requests a day').fill('500')
      await form.getByRole('button', { name: 'Create key' }).click()
      await page.getByLabel('New customer key').waitFor()
    },
  },
  customers: { path: '/customers/list' },
  customer: { path: '/customers/list/1', act: (page) => page.waitForTimeout(400) },
  'customer-activity': { path: '/customers/activity', act: press('More filters') },
  'customer-billing': {
    path: '/customers/list/1',
    act: async (page) => {
      await page.getByRole('heading', { name: 'Billing details' }).waitFor()
      await page.getByRole('heading', { name: 'Plan', exact: true }).evaluate((heading) => heading.scrollIntoView())
      await page.waitForTimeout(200)
    },
  },
  plans: { path: '/plans' },
  plan: { path: '/plans/5', act: (page) => page.waitForTimeout(400) },
  'change-plan': { path: '/plans', act: press('Change Subscription with overage') },
  'rentals-open': { path: '/rentals/open' },
  'rentals-ended': { path: '/rentals/open?show=ended' },
  'rental-accounts': { path: '/rentals/accounts' },
  'rental-account': { path: '/rentals/accounts/1', act: (page) => page.waitForTimeout(400) },
  websites: { path: '/rentals/websites' },
  'add-rental-account': { path: '/rentals/accounts', act: press('Add account') },
  'import-accounts': {
    path: '/rentals/accounts',
    act: async (page) => {
      await press('Import CSV')(page)
      await page.getByLabel('Or paste its lines').fill('website,username,password\nSitescope,seat 7,made-up\nSitescope,,made-up\nNowhere,office,made-up\nWordloom,seat 3,made-up\n')
      await press('Preview')(page)
      await page.locator('tr.bad').first().waitFor()
    },
  },
  'add-website': {
    path: '/rentals/websites',
    act: async (page) => {
      await press('Add website')(page)
      await page.getByLabel('After a rental, an account').selectOption('needs_rotation')
      await page.getByLabel('The next password is set').selectOption('webhook')
    },
  },
  'take-back': { path: '/rentals/open', act: async (page) => page.getByRole('button', { name: /^Take back / }).first().click() },
  invoices: { path: '/invoices' },
  invoice: {
    path: '/invoices?state=final',
    act: async (page) => {
      await page.getByRole('region', { name: 'Invoices, table' }).locator('th a').first().click()
      await page.locator('.paper .line button', { hasText: /rentals|requests/i }).first().click()
      await page.getByText('The calls behind it').waitFor()
      await page.waitForTimeout(200)
    },
  },
  'invoice-draft': {
    path: '/invoices?state=draft',
    act: async (page) => {
      await page.getByRole('region', { name: 'Invoices, table' }).locator('th a').first().click()
      await page.locator('.paper').waitFor()
    },
  },
  'credit-invoice': {
    path: '/invoices?state=final',
    act: async (page) => {
      await page.getByRole('region', { name: 'Invoices, table' }).locator('th a').first().click()
      await press('Credit')(page)
    },
  },
  activity: { path: '/activity' },
  'report-revenue': { path: '/reports/revenue' },
  'report-customers': { path: '/reports/customers' },
  'report-accounts': { path: '/reports/accounts' },
  'report-peak-times': { path: '/reports/peak-times' },
  'report-websites': { path: '/reports/websites' },
  'report-outcomes': { path: '/reports/outcomes' },
  'settings-general': { path: '/settings/general' },
  'settings-providers': { path: '/settings/providers' },
  'settings-seller': { path: '/settings/seller' },
  'settings-webhooks': { path: '/settings/webhooks' },
  'add-webhook': {
    path: '/settings/webhooks',
    act: async (page) => {
      await press('Add a webhook')(page)
      await page.getByLabel('Tell it everything').uncheck()
    },
  },
  'settings-access': { path: '/settings/access' },
  'settings-data': { path: '/settings/data' },
  'settings-about': { path: '/settings/about' },
  'not-found': { path: '/nowhere' },
  'add-key': {
    path: '/my/keys',
    act: async (page) => {
      await press('Add key')(page)
      await page.getByLabel('Key', { exact: true }).fill('sk-ant-api03-0123456789')
      await page.waitForTimeout(600)
    },
  },
}
