// Every operation of openapi.yaml is called, and every answer fits what it says there.
import assert from 'node:assert/strict'
import http from 'node:http'
import path from 'node:path'
import { after, test } from 'node:test'

import { asCustomer, customerKey, verify, website } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { keyText } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { contract, serverForThisFile, signIn } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

let provider
let server
serverForThisFile((started) => (server = started), async () => {
  provider = await startPretendProvider()
  return { env: provider.environment, args: ['--allow-private-addresses'] }
})
after(() => provider.close())

const endings = []
after(async () => {
  for (const ending of endings) await ending()
})
/** A new process on the same data, perhaps changed meanwhile. */
async function restart(sql) {
  const { token } = server
  await server.stop()
  if (sql) sqlite(path.join(server.dataDir, 'keyledger.db'), sql)
  server = await server.again({ after: (ending) => endings.push(ending) }, { token: false })
  server.token = token
}
const invoice = (made) => `/api/invoices/${made.invoices.data[0].id}`
/** A path of the template, with this id in it. */
const filled = (template, id = '1') => template.replace('{id}', id).replace('{position}', '1')

const CATALOGUE = [{ id: 'openai', name: 'OpenAI', api_pattern: 'api\\.openai\\.com', models: [{ id: 'gpt-test', match: { equals: 'gpt-test' }, prices: { input_mtok: 1, output_mtok: 2 } }] }]

/** How each operation is called so that it succeeds, in an order in which it can. */
const CALLS = {
  getHealth: () => server.get('/api/health', { token: null }),
  getReadiness: () => server.get('/readyz', { token: null }),
  getAbout: () => server.get('/api/about'),
  getNotices: () => server.get('/api/notices', { token: null }),
  getProblem: () => server.get('/problems/malformed_json', { token: null }),
  getDescription: () => server.get('/api/openapi.json', { token: null }),
  getDocs: () => server.get('/api/docs', { token: null }),
  getDocsStyle: () => server.get('/api/docs.css', { token: null }),
  signIn: async (made) => {
    const { answer, options } = await signIn(server)
    made.session = options
    return answer
  },
  getSession: (made) => server.get('/api/session', made.session),
  listSessions: (made) => server.get('/api/sessions', made.session),
  endSession: async (made) => {
    const { options } = await signIn(server)
    const { json } = await server.get('/api/sessions', options)
    return server.delete(`/api/sessions/${json.data.find((session) => session.current).id}`, made.session)
  },
  changePassword: (made) => server.put('/api/password', { current_password: server.password, new_password: 'a new and longer one' }, made.session),
  signOut: (made) => server.delete('/api/session', made.session),
  createToken: (made) => keep(made, 'token', server.post('/api/tokens', { name: 'reader', scopes: ['read'] })),
  listTokens: () => server.get('/api/tokens'),
  revokeToken: (made) => server.post(`/api/tokens/${made.token.id}/revoke`),
  createAccount: (made) => keep(made, 'account', server.post('/api/accounts', { email: 'all@example.com', name: null })),
  listAccounts: () => server.get('/api/accounts?sort=cost&days=7'),
  listAccountsCsv: () => server.get('/api/accounts.csv?sort=name&order=desc'),
  getAccount: (made) => server.get(`/api/accounts/${made.account.id}`),
  updateAccount: (made) => server.put(`/api/accounts/${made.account.id}`, { name: 'All' }),
  createKey: (made) => keep(made, 'key', server.post('/api/keys', { name: 'k', full_key: keyText.openaiProject('contract'), account_id: made.account.id })),
  listKeys: () => server.get('/api/keys?limit=10&q=k&sort=last_test'),
  listKeysCsv: () => server.get('/api/keys.csv?key_type=project&sort=status'),
  startKeyTestRun: () => server.post('/api/keys/test-all?provider=openai'),
  getKeyTestRun: () => server.get('/api/keys/test-all'),
  getKey: (made) => server.get(`/api/keys/${made.key.id}`),
  updateKey: (made) => server.put(`/api/keys/${made.key.id}`, { notes: 'n' }),
  revealKey: (made) => server.get(`/api/keys/${made.key.id}/full`),
  testKey: (made) => server.post(`/api/keys/${made.key.id}/test`),
  listKeyTests: (made) => server.get(`/api/keys/${made.key.id}/tests`),
  listKeyReadings: (made) => server.get(`/api/keys/${made.key.id}/readings`),
  testUnstoredKey: () => server.post('/api/keys/test', { full_key: keyText.anthropic('contract') }),
  detectKey: () => server.post('/api/keys/detect', { full_key: 'sk-proj-x' }),
  listProviders: () => server.get('/api/providers'),
  getUsage: () => server.get('/api/usage?days=7&group_by=model'),
  listUsageKeys: () => server.get('/api/usage/keys?days=7&sort=cost'),
  listUsageKeysCsv: () => server.get('/api/usage/keys.csv?days=7'),
  getUsageCsv: () => server.get('/api/usage.csv?days=7'),
  getProblems: () => server.get('/api/problems'),
  refreshUsage: () => server.post('/api/usage/refresh'),
  getSync: () => server.get('/api/usage/sync'),
  streamEvents: () => firstEvents(),
  createBudget: (made) => keep(made, 'budget', server.post('/api/budgets', { amount: { amount: '500', currency: 'usd' } })),
  listBudgets: () => server.get('/api/budgets'),
  updateBudget: (made) => server.put(`/api/budgets/${made.budget.id}`, { amount: { amount: '750.5', currency: 'USD' } }),
  deleteBudget: (made) => server.delete(`/api/budgets/${made.budget.id}`),
  listPrices: () => server.get('/api/prices?provider=openai&limit=500'),
  replacePrices: () => server.put('/api/prices', CATALOGUE),
  resetPrices: () => server.delete('/api/prices'),
  createCustomer: (made) => keep(made, 'customer', server.post('/api/customers', { name: 'Contract Ltd', email: null, timezone: 'Europe/Berlin' })),
  listCustomers: () => server.get('/api/customers?q=contract&sort=calls'),
  listCustomersCsv: () => server.get('/api/customers.csv?sort=email&order=desc'),
  getCustomer: (made) => server.get(`/api/customers/${made.customer.id}`),
  updateCustomer: (made) => server.put(`/api/customers/${made.customer.id}`, { notes: 'n', suspended: false }),
  createCustomerKey: (made) => keep(made, 'issued', server.post('/api/customer-keys', { name: 'Contract', metadata: { plan: 'gold' }, expires_at: '2099-01-01T00:00:00Z', limits: [{ metric: 'rentals', window: 'at_once', amount: 2 }, { metric: 'requests', window: 'minute', amount: 60 }] })),
  listCustomerKeys: () => server.get('/api/customer-keys?status=active&q=contract&sort=used_today'),
  listCustomerKeysCsv: () => server.get('/api/customer-keys.csv?sort=status'),
  getCustomerKey: (made) => server.get(`/api/customer-keys/${made.issued.id}`),
  updateCustomerKey: (made) => server.put(`/api/customer-keys/${made.issued.id}`, { allowed_ips: ['127.0.0.0/8'], expires_at: null }),
  rotateCustomerKey: (made) => server.post(`/api/customer-keys/${made.issued.id}/rotate`, { grace_seconds: 60 }),
  revokeCustomerKey: (made) => server.post(`/api/customer-keys/${made.issued.id}/revoke`),
  createPlan: (made) => keep(made, 'plan', server.post('/api/plans', { name: 'Contract', monthly_price: '20', trial_days: 7, charges: [{ metric: 'rentals', included: 10, tiers: [{ from: 1, up_to: 5, unit_price: '2.00' }, { from: 6, up_to: null, unit_price: '1.50' }] }], limits: [{ metric: 'requests', window: 'day', amount: 10 }] })),
  previewPlan: () => server.post('/api/plans/preview', { monthly_price: '20', charges: [{ metric: 'rentals', included: 10, tiers: [{ from: 1, unit_price: '1.50' }] }], limits: [{ metric: 'requests', window: 'day', amount: 10 }] }),
  listPlans: () => server.get('/api/plans?q=contract&archived=true&limit=5'),
  getPlan: (made) => server.get(`/api/plans/${made.plan.id}`),
  updatePlan: (made) => server.put(`/api/plans/${made.plan.id}`, { monthly_price: '25.50', description: 'More' }),
  listPlanVersions: (made) => server.get(`/api/plans/${made.plan.id}/versions`),
  startSubscription: (made) => keep(made, 'subscription', server.post('/api/subscriptions', { customer_id: made.issued.customer_id, plan_id: made.plan.id, anchor: 31 })),
  changeSubscription: (made) => server.post(`/api/subscriptions/${made.subscription.id}/change`, { plan_id: 3, when: 'period_end', monthly_price: '90.00' }),
  listSubscriptions: (made) => server.get(`/api/subscriptions?customer_id=${made.issued.customer_id}&plan_id=${made.plan.id}&limit=5`),
  cancelSubscription: (made) => server.post(`/api/subscriptions/${made.subscription.id}/cancel`),
  resumeSubscription: (made) => server.post(`/api/subscriptions/${made.subscription.id}/resume`),
  getSubscription: (made) => server.get(`/api/subscriptions/${made.subscription.id}`),
  archivePlan: (made) => server.post(`/api/plans/${made.plan.id}/archive`),
  restorePlan: (made) => server.post(`/api/plans/${made.plan.id}/restore`),
  deleteCustomer: (made) => server.delete(`/api/customers/${made.customer.id}`),
  createWebhook: (made) => keep(made, 'webhook', server.post('/api/webhooks', { url: 'http://127.0.0.1:1/nobody', description: null, topics: ['invoice.paid'] })),
  listWebhooks: () => server.get('/api/webhooks'),
  getWebhook: (made) => server.get(`/api/webhooks/${made.webhook.id}`),
  updateWebhook: (made) => server.put(`/api/webhooks/${made.webhook.id}`, { topics: [], enabled: true }),
  renewWebhookSecret: (made) => server.post(`/api/webhooks/${made.webhook.id}/secret`),
  testWebhook: (made) => keep(made, 'delivery', server.post(`/api/webhooks/${made.webhook.id}/test`)),
  listWebhookDeliveries: (made) => server.get(`/api/webhooks/${made.webhook.id}/deliveries?state=failed&limit=5`),
  resendWebhookDelivery: (made) => server.post(`/api/webhooks/deliveries/${made.delivery.id}/resend`),
  deleteWebhook: (made) => server.delete(`/api/webhooks/${made.webhook.id}`),
  listAudit: () => server.get('/api/audit?limit=500'),
  listAuditCsv: () => server.get('/api/audit.csv?q=keys&sort=action'),
  getAuditState: () => server.get('/api/audit/state'),
  verifyAudit: () => server.get('/api/audit/verify'),
  startBackup: () => server.post('/api/backup', { keep: 5 }),
  getBackup: () => server.get('/api/backup'),
  listBackups: (made) => until(async () => {
    const answer = await server.get('/api/backups')
    made.backup = answer.json.data[0]?.name
    return made.backup && answer
  }),
  downloadBackup: (made) => server.get(`/api/backups/${made.backup}`),
  deleteBackup: (made) => server.delete(`/api/backups/${made.backup}`),
  startImport: () => server.post('/api/import', { file: '/no/such/file' }),
  importFile: () => server.call('POST', '/api/import/file?dry_run=true', { raw: 'no database', headers: { 'content-type': 'application/octet-stream' } }),
  getImport: () => server.get('/api/import'),
  getRekey: () => server.get('/api/rekey'),
  startRekey: () => server.post('/api/rekey'),
  getSettings: () => server.get('/api/settings'),
  updateSettings: () => server.put('/api/settings', { timezone: 'Europe/Berlin' }),
  listAvailableAccounts: async (made) => asCustomer(server, await holder(made), 'GET', '/api/accounts/available?limit=10'),
  rentAccount: async (made) => keep(made, 'rented', asCustomer(server, await holder(made), 'POST', '/api/accounts/rent', { website: (await website(server)).name, customer_info: null })),
  getRentalStatus: async (made) => asCustomer(server, await holder(made), 'GET', `/api/accounts/status/${made.rented.account.id}`),
  returnAccount: async (made) => asCustomer(server, await holder(made), 'POST', `/api/accounts/return/${made.rented.account.id}`, { rental_id: made.rented.account.rental_id }),
  getMyStats: async (made) => asCustomer(server, await holder(made), 'GET', '/api/stats/me?days=7'),
  verifyKey: async (made) => verify(server, await holder(made)),
  forwardAuth: async (made) => asCustomer(server, await holder(made), 'GET', '/api/forward-auth?action=look'),
  listActivity: () => server.get('/api/activity?status=success&limit=5&ip=127.0.0.0/8&http_status=200'),
  listActivityCsv: () => server.get('/api/activity.csv?action=verify'),
  listCustomerKeyActivityCsv: async (made) => server.get(`/api/customer-keys/${(await holder(made)).id}/activity.csv`),
  listCustomerKeyActivity: async (made) => server.get(`/api/customer-keys/${(await holder(made)).id}/activity`),
  getCustomerKeyStats: async (made) => server.get(`/api/customer-keys/${(await holder(made)).id}/stats?days=7`),
  getStats: () => server.get('/api/stats?days=7'),
  getLedgerStats: () => server.get('/api/ledger/stats'),
  verifyLedger: () => server.get('/api/ledger/verify'),
  getMetrics: () => server.get('/metrics'),
  createWebsite: (made) => keep(made, 'site', server.post('/api/websites', { name: 'Contract', url: null, validity_hours: 1 })),
  getPopularAccounts: () => server.get('/api/reports/popular-accounts?days=7'),
  getPopularAccountsCsv: () => server.get('/api/reports/popular-accounts.csv?days=7'),
  getPopularWebsites: () => server.get('/api/reports/websites'),
  getPopularWebsitesCsv: () => server.get('/api/reports/websites.csv'),
  getPeakTimes: () => server.get('/api/reports/peak-times?metric=rentals'),
  getPeakTimesCsv: () => server.get('/api/reports/peak-times.csv'),
  getOutcomes: () => server.get('/api/reports/outcomes?group_by=action'),
  getOutcomesCsv: () => server.get('/api/reports/outcomes.csv?group_by=day'),
  listInvoices: async (made) => {
    const now = new Date()
    made.debtor = await customerKey(server, { plan_id: null })
    await server.expect(201, 'POST', '/api/subscriptions', { customer_id: made.debtor.customer_id, plan_id: 5, anchor: 1, starts: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 10) })
    await restart() // which drafts what is due
    const drafts = () => server.get('/api/invoices?state=draft&sort=period&q=customer&overdue=false')
    await until(async () => (await drafts()).json.count > 0, { what: 'a draft' })
    return keep(made, 'invoices', drafts())
  },
  listInvoicesCsv: () => server.get('/api/invoices.csv?sort=total'),
  getInvoice: (made) => server.get(invoice(made)),
  updateInvoice: (made) => server.put(invoice(made), { notes: 'Order 1' }),
  getCustomerBilling: (made) => server.get(`/api/customers/${made.debtor.customer_id}/billing`),
  updateCustomerBilling: (made) => server.put(`/api/customers/${made.debtor.customer_id}/billing`, { billing_name: null, address: 'Quay 1', tax_rate: '8.375', tax_inclusive: true }),
  finaliseInvoice: (made) => server.post(`${invoice(made)}/finalise`),
  creditInvoice: (made) => server.post(`${invoice(made)}/credit`, { total: '1.00', reason: 'Out for an hour' }),
  getInvoiceCsv: (made) => server.get(`${invoice(made)}.csv`),
  listInvoiceLineEvents: (made) => server.get(`${invoice(made)}/lines/1/events?limit=5`),
  listInvoiceLineEventsCsv: (made) => server.get(`${invoice(made)}/lines/1/events.csv`),
  previewInvoice: (made) => server.get(`/api/customers/${made.debtor.customer_id}/invoice-preview`),
  listPreviewLineEvents: (made) => server.get(`/api/customers/${made.debtor.customer_id}/invoice-preview/lines/1/events`),
  listPreviewLineEventsCsv: (made) => server.get(`/api/customers/${made.debtor.customer_id}/invoice-preview/lines/1/events.csv`),
  liftArrears: async (made) => {
    await server.expect(200, 'PUT', '/api/settings', { arrears_days: 1 })
    await restart('UPDATE invoices SET due_at = due_at - 3000000000')
    const billing = `/api/customers/${made.debtor.customer_id}/billing`
    await until(async () => (await server.get(billing)).json.arrears_since, { what: 'the suspension' })
    return server.post(`/api/customers/${made.debtor.customer_id}/arrears/lift`)
  },
  payInvoice: (made) => server.post(`${invoice(made)}/pay`, { paid_at: null, note: 'Cash' }),
  getRevenue: () => server.get('/api/reports/revenue?limit=5'),
  getRevenueCsv: () => server.get('/api/reports/revenue.csv?plan_id=5'),
  getTopCustomers: () => server.get('/api/reports/top-customers?days=60&by=calls&limit=5'),
  getTopCustomersCsv: () => server.get('/api/reports/top-customers.csv'),
  listWebsites: () => server.get('/api/websites?q=contract&sort=free'),
  listWebsitesCsv: () => server.get('/api/websites.csv'),
  getWebsite: (made) => server.get(`/api/websites/${made.site.id}`),
  updateWebsite: (made) => server.put(`/api/websites/${made.site.id}`, { rotation: 'webhook', rotation_url: 'https://rotate.example.com/hook' }),
  renewRotationSecret: (made) => server.post(`/api/websites/${made.site.id}/rotation-secret`),
  createRentalAccount: (made) => keep(made, 'shared', server.post('/api/rental-accounts', { website: 'Contract', username: 'ada', password: 'p', email: null })),
  importRentalAccounts: () => server.post('/api/rental-accounts/import', { csv: 'website,username,password\nContract,ada,p\nContract,,p\n', dry_run: true }),
  getRentalAccount: (made) => server.get(`/api/rental-accounts/${made.shared.id}`),
  updateRentalAccount: (made) => server.put(`/api/rental-accounts/${made.shared.id}`, { notes: 'n' }),
  setRentalAccountPassword: (made) => server.put(`/api/rental-accounts/${made.shared.id}/password`, { password: 'q' }),
  revealRentalAccountPassword: (made) => server.get(`/api/rental-accounts/${made.shared.id}/password`),
  listRentals: () => server.get('/api/rentals?status=ended&sort=customer'),
  listRentalsCsv: () => server.get('/api/rentals.csv?sort=expires_at'),
  getRental: (made) => server.get(`/api/rentals/${made.rented.account.rental_id}`),
  takeBackRental: async (made) => {
    const { json } = await asCustomer(server, await holder(made), 'POST', '/api/accounts/rent', { website: 'Contract', customer_info: { order: 7 } })
    await server.get(`/api/rental-accounts/${json.account.id}`) // with the rental in it
    return server.post(`/api/rentals/${json.account.rental_id}/take-back`)
  },
  getRentalAccountHistory: (made) => server.get(`/api/rental-accounts/${made.shared.id}/history`),
  putAsideRentalAccount: (made) => server.post(`/api/rental-accounts/${made.shared.id}/exception`, { reason: 'locked' }),
  restoreRentalAccount: (made) => server.post(`/api/rental-accounts/${made.shared.id}/restore`),
  listRentalAccounts: () => server.get('/api/rental-accounts?website=contract&status=available&sort=rested_since'),
  listRentalAccountsCsv: () => server.get('/api/rental-accounts.csv'),
  deleteRentalAccount: (made) => server.delete(`/api/rental-accounts/${made.shared.id}`),
  deleteWebsite: (made) => server.delete(`/api/websites/${made.site.id}`),
  deleteKey: (made) => server.delete(`/api/keys/${made.key.id}`),
  deleteAccount: (made) => server.delete(`/api/accounts/${made.account.id}?cascade=true`),
}
/** Whose key the calls of customers are made with. */
const holder = async (made) => (made.holder ??= await customerKey(server, { rate_limit: 0 }))
const isCustomers = (operation) => operation.security?.some((scheme) => scheme.customer_key) ?? false
// Without a new master key there is nothing to re-seal; a file to import is named by the command line alone.
const MAY_REFUSE = { startRekey: 409, startImport: 403, importFile: 400 }

async function keep(made, name, pending) {
  const answer = await pending
  made[name] = answer.json
  return answer
}

/** The head of the event stream and its first bytes; something is changed so that there is an event. */
function firstEvents() {
  return new Promise((done, failed) => {
    const request = http.get({ host: server.host, port: server.port, path: '/api/events', headers: { authorization: `Bearer ${server.token}` } }, (response) => {
      server.contract.check({ method: 'GET', path: '/api/events', status: response.statusCode, headers: response.headers, body: '' })
      server.account().catch(failed)
      response.setEncoding('utf8').once('data', (text) => {
        request.destroy()
        done({ status: response.statusCode, body: text })
      })
    })
    request.on('error', (error) => (request.destroyed ? null : failed(error)))
  })
}

test('every operation answers as described', async (t) => {
  const { operations } = await contract()
  for (const { method, template, operation } of operations) { // pages and what belongs to them
    if (method === 'get' && operation.security?.length === 0) CALLS[operation.operationId] ??= () => server.get(template, { token: null })
  }
  const names = operations.map(({ operation }) => operation.operationId)
  assert.deepEqual([...names].sort(), Object.keys(CALLS).sort(), 'each operation of openapi.yaml is called here, and nothing else')
  const made = {}
  for (const [name, call] of Object.entries(CALLS)) {
    await t.test(name, async () => {
      const answer = await call(made)
      assert.ok(answer.status < 300 || answer.status === MAY_REFUSE[name], `${name} answers ${answer.status}: ${answer.body.slice(0, 500)}`)
    })
  }
})

test('what the server serves is what the file says', async () => {
  const { document } = await contract()
  const served = await server.expect(200, 'GET', '/api/openapi.json', undefined, { token: null })
  assert.deepEqual(Object.keys(served.paths).sort(), Object.keys(document.paths).sort())
  assert.equal(served.openapi, document.openapi)
  const docs = await server.get('/api/docs', { token: null })
  for (const { operation } of (await contract()).operations) assert.ok(docs.body.includes(operation.summary.replaceAll("'", '&#39;')) || docs.body.includes(operation.summary), operation.summary)
  assert.ok(!/<script/i.test(docs.body))
})

test('every operation that needs credentials refuses to work without', async () => {
  for (const { method, template, operation } of (await contract()).operations) {
    if (operation.security?.length === 0) continue
    const answer = await server.call(method.toUpperCase(), filled(template), { token: null, ...(['post', 'put'].includes(method) && operation.requestBody && { body: {} }) })
    assert.equal(answer.status, 401, `${method} ${template}`)
    assert.equal(answer.json.code, isCustomers(operation) ? 'invalid_api_key' : 'unauthenticated')
  }
})

test('ids, queries and bodies that are wrong are 400 or 404 on every operation', async () => {
  const customer = await holder({})
  for (const { method, template, operation } of (await contract()).operations) {
    if (!template.startsWith('/api/') || operation.security?.length === 0) continue
    const verb = method.toUpperCase()
    const proof = isCustomers(operation) ? { token: null, headers: { 'x-api-key': customer.key } } : {}
    if (template.includes('{id}')) {
      for (const id of ['0', '-1', 'x', '1.0', '9223372036854775808', '%00', '1%2F2']) {
        const answer = await server.call(verb, filled(template, id), { ...proof, ...(operation.requestBody && { body: {} }) })
        assert.ok([400, 404].includes(answer.status), `${verb} ${template} with ${id}: ${answer.status}`)
      }
    }
    const takesFile = operation.requestBody && !operation.requestBody.content['application/json']
    if (template === '/api/events' || takesFile) continue
    const strange = await server.call(verb, `${filled(template)}?no_such_parameter=1`, { ...proof, ...(operation.requestBody && { body: {} }) })
    assert.equal(strange.status, 400, `${verb} ${template} with a strange parameter: ${strange.status}`)
    if (operation.requestBody && operation.operationId !== 'replacePrices') {
      const answer = await server.call(verb, filled(template), { ...proof, body: { no_such_field: 1 } })
      assert.deepEqual([answer.status, answer.json.code, answer.json.field], [400, 'unknown_field', 'no_such_field'], `${verb} ${template}`)
    }
  }
})
