// Every operation of openapi.yaml is called, and every answer fits what it says there.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, test } from 'node:test'

import { keyText } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { contract, serverForThisFile, signIn } from './lib/server.mjs'

let provider
let server
serverForThisFile((started) => (server = started), async () => {
  provider = await startPretendProvider()
  return { env: provider.environment }
})
after(() => provider.close())

const CATALOGUE = [{ id: 'openai', name: 'OpenAI', api_pattern: 'api\\.openai\\.com', models: [{ id: 'gpt-test', match: { equals: 'gpt-test' }, prices: { input_mtok: 1, output_mtok: 2 } }] }]

/** How each operation is called so that it succeeds, in an order in which it can. */
const CALLS = {
  getHealth: () => server.get('/api/health', { token: null }),
  getReadiness: () => server.get('/readyz', { token: null }),
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
  listAccounts: () => server.get('/api/accounts'),
  getAccount: (made) => server.get(`/api/accounts/${made.account.id}`),
  updateAccount: (made) => server.put(`/api/accounts/${made.account.id}`, { name: 'All' }),
  createKey: (made) => keep(made, 'key', server.post('/api/keys', { name: 'k', full_key: keyText.openaiProject('contract'), account_id: made.account.id })),
  listKeys: () => server.get('/api/keys?limit=10&q=k'),
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
  listAudit: () => server.get('/api/audit?limit=500'),
  verifyAudit: () => server.get('/api/audit/verify'),
  getRekey: () => server.get('/api/rekey'),
  startRekey: () => server.post('/api/rekey'),
  getSettings: () => server.get('/api/settings'),
  updateSettings: () => server.put('/api/settings', { timezone: 'Europe/Berlin' }),
  deleteKey: (made) => server.delete(`/api/keys/${made.key.id}`),
  deleteAccount: (made) => server.delete(`/api/accounts/${made.account.id}?cascade=true`),
}
const MAY_REFUSE = { startRekey: 409 } // without a new master key there is nothing to do

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
    const answer = await server.call(method.toUpperCase(), template.replace('{id}', '1'), { token: null, ...(['post', 'put'].includes(method) && operation.requestBody && { body: {} }) })
    assert.equal(answer.status, 401, `${method} ${template}`)
    assert.equal(answer.json.code, 'unauthenticated')
  }
})

test('ids, queries and bodies that are wrong are 400 or 404 on every operation', async () => {
  for (const { method, template, operation } of (await contract()).operations) {
    if (!template.startsWith('/api/') || operation.security?.length === 0) continue
    const verb = method.toUpperCase()
    if (template.includes('{id}')) {
      for (const id of ['0', '-1', 'x', '1.0', '9223372036854775808', '%00', '1%2F2']) {
        const answer = await server.call(verb, template.replace('{id}', id), operation.requestBody && { body: {} })
        assert.ok([400, 404].includes(answer.status), `${verb} ${template} with ${id}: ${answer.status}`)
      }
    }
    if (template === '/api/events') continue
    const strange = await server.call(verb, `${template.replace('{id}', '1')}?no_such_parameter=1`, operation.requestBody && { body: {} })
    assert.equal(strange.status, 400, `${verb} ${template} with a strange parameter: ${strange.status}`)
    if (operation.requestBody && operation.operationId !== 'replacePrices') {
      const answer = await server.call(verb, template.replace('{id}', '1'), { body: { no_such_field: 1 } })
      assert.deepEqual([answer.status, answer.json.code, answer.json.field], [400, 'unknown_field', 'no_such_field'], `${verb} ${template}`)
    }
  }
})
