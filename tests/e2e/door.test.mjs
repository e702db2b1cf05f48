// The customers' door: what their programs call by hand, what other APIs and proxies ask, and what nobody may.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import http from 'node:http'
import { before, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { asCustomer, crowd, customerExpect, customerKey, eventsOf, standing, verify, website } from './lib/customers.mjs'
import { startNginx } from './lib/nginx.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

/** The real curl, as a person types it: {status, headers, text, json}. */
async function curl(target, ...args) {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '-i', ...args, `http://127.0.0.1:${server.port}${target}`])
  const [head, ...rest] = stdout.split('\r\n\r\n')
  const [first, ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))
  const text = rest.join('\r\n\r\n')
  return { status: Number(first.split(' ')[1]), headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined }
}

const LIMITS = { 'x-ratelimit-limit': /^100$/, 'x-ratelimit-remaining': /^\d+$/, 'x-ratelimit-reset': /^\d{10}$/, 'ratelimit-policy': /^"requests_per_day";q=100;w=86400$/, ratelimit: /^"requests_per_day";r=\d+;t=\d+$/ }
function hasLimits(answer, left) {
  for (const [name, form] of Object.entries(LIMITS)) assert.match(answer.headers[name] ?? '', form, name)
  assert.equal(Number(answer.headers['x-ratelimit-remaining']), left)
  assert.match(answer.headers.ratelimit, new RegExp(`;r=${left};`))
  const reset = Number(answer.headers['x-ratelimit-reset']) - Date.now() / 1000
  assert.ok(reset > -2 && reset <= 86_402, `resets in ${reset} s`)
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/

test('the five calls by hand', async () => {
  const site = await website(server, 2)
  const key = await customerKey(server)
  const mine = ['-H', `X-API-Key: ${key.key}`]

  const available = await curl(`/api/accounts/available?website=${site.name}`, ...mine)
  assert.equal(available.status, 200, available.text)
  hasLimits(available, 99)
  assert.deepEqual(Object.keys(available.json), ['success', 'count', 'available_count', 'accounts', 'timestamp'])
  assert.deepEqual([available.json.success, available.json.count, available.json.available_count], [true, 2, 2])
  assert.deepEqual(Object.keys(available.json.accounts[0]), ['id', 'website', 'username', 'email', 'validity_hours', 'last_reset'])
  assert.ok(!available.text.includes('secret'), 'no password')
  assert.match(available.json.timestamp, TIME)

  const rented = await curl('/api/accounts/rent', ...mine, '-X', 'POST', '-H', 'Content-Type: application/json', '-d', JSON.stringify({ website: site.name, customer_info: { order: 4711 } }))
  assert.equal(rented.status, 200, rented.text)
  hasLimits(rented, 98)
  assert.deepEqual(Object.keys(rented.json), ['success', 'account', 'message', 'timestamp'])
  const { account } = rented.json
  assert.deepEqual(Object.keys(account), ['id', 'rental_id', 'website', 'username', 'password', 'email', 'validity_hours', 'rented_at', 'expires_at'])
  assert.match(account.password, /^secret /)
  assert.equal(Date.parse(account.expires_at) - Date.parse(account.rented_at), 24 * 3600_000)

  const status = await curl(`/api/accounts/status/${account.id}`, '-H', `Authorization: Bearer ${key.key}`)
  assert.equal(status.status, 200, status.text)
  hasLimits(status, 97)
  assert.deepEqual(Object.keys(status.json), ['success', 'account_id', 'account', 'status', 'expires_at', 'remaining_minutes', 'timestamp'])
  assert.deepEqual(Object.keys(status.json.account), ['id', 'username', 'website', 'status', 'rented_at', 'expires_at', 'remaining_minutes'])
  assert.deepEqual([status.json.status, status.json.account.status, status.json.expires_at], ['rented', 'rented', account.expires_at])
  assert.ok([1439, 1440].includes(status.json.remaining_minutes), String(status.json.remaining_minutes))

  const returned = await curl(`/api/accounts/return/${account.id}`, ...mine, '-X', 'POST')
  assert.equal(returned.status, 200, returned.text)
  hasLimits(returned, 96)
  assert.deepEqual(Object.keys(returned.json), ['success', 'message', 'account_id', 'timestamp'])
  const again = await curl(`/api/accounts/return/${account.id}`, ...mine, '-X', 'POST')
  assert.deepEqual([again.status, again.json.success, again.json.error], [409, false, 'already_returned'])
  hasLimits(again, 95)

  const stats = await curl('/api/stats/me?days=30', ...mine)
  assert.equal(stats.status, 200, stats.text)
  hasLimits(stats, 94)
  assert.deepEqual(Object.keys(stats.json), ['success', 'api_key', 'stats', 'recent_activity', 'timestamp'])
  assert.deepEqual(Object.keys(stats.json.api_key), ['name', 'total_requests', 'rate_limit', 'remaining_today', 'created_at'])
  assert.deepEqual([stats.json.api_key.rate_limit, stats.json.api_key.remaining_today], [100, 94])
  assert.deepEqual(Object.keys(stats.json.stats), ['total_requests', 'rentals', 'returns', 'unique_accounts', 'websites_used', 'success_rate', 'period_days'])
  assert.deepEqual([stats.json.stats.rentals, stats.json.stats.returns, stats.json.stats.unique_accounts, stats.json.stats.websites_used, stats.json.stats.period_days], [1, 1, 1, [site.name], 30])
  assert.deepEqual(stats.json.recent_activity.slice(0, 2).map((line) => [line.action, line.status, line.http_status]), [['return', 'error', 409], ['return', 'success', 200]])

  const events = await eventsOf(server, key)
  assert.deepEqual(events.map((event) => [event.action, event.status, event.http_status]), [['list', 'success', 200], ['rent', 'success', 200], ['check', 'success', 200], ['return', 'success', 200], ['return', 'error', 409], ['stats', 'success', 200]])
  assert.ok(events.every((event) => event.ip_address === '127.0.0.1' && event.user_agent.startsWith('curl/')))
})

describe('who may not', () => {
  const without = ({ headers: { date, ...headers }, ...answer }) => ({ ...answer, headers })

  test('a missing and an unknown key get the same bytes, and so does an admin token', async () => {
    const answers = []
    for (const headers of [{}, { 'x-api-key': `urt_${'x'.repeat(43)}` }, { 'x-api-key': 'nonsense' }, { authorization: `Bearer urt_${'y'.repeat(43)}` }, { authorization: `Bearer ${server.token}` }, { authorization: 'Basic eDp5' }]) {
      answers.push(without(await server.call('GET', '/api/accounts/available', { token: null, headers })))
    }
    assert.deepEqual([answers[0].status, answers[0].json.error, answers[0].headers['www-authenticate']], [401, 'invalid_api_key', 'Bearer realm="keyledger"'])
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    const raw = async (line) => (await server.raw(`GET /api/accounts/available HTTP/1.1\r\nHost: 127.0.0.1\r\n${line}Connection: close\r\n\r\n`)).text.replace(/^Date: .*$/m, '')
    assert.equal(await raw(''), await raw('X-API-Key: urt_nobody\r\n'))
  })

  test('two keys that differ are refused, the same one twice is not', async () => {
    const key = await customerKey(server)
    const both = (other) => asCustomer(server, key, 'GET', '/api/accounts/available', undefined, { headers: { authorization: `Bearer ${other}` } })
    assert.deepEqual([(await both('urt_other')).status, (await both('urt_other')).json.error], [400, 'conflicting_keys'])
    assert.equal((await both(key.key)).status, 200)
    assert.equal((await eventsOf(server, key)).length, 1)
  })

  test('revoked, expired and suspended are told apart, to the holder of the key', async () => {
    const refused = async (key, code) => {
      const answer = await asCustomer(server, key, 'GET', '/api/accounts/available')
      assert.deepEqual([answer.status, answer.json.error, answer.json.code, answer.json.success], [401, code, code, false])
      assert.equal(answer.json.message, answer.json.detail)
      assert.equal(answer.headers['www-authenticate'], 'Bearer realm="keyledger"')
      assert.equal((await eventsOf(server, key)).at(-1).status, code)
    }
    const revoked = await customerKey(server)
    await server.expect(200, 'POST', `/api/customer-keys/${revoked.id}/revoke`)
    await refused(revoked, 'key_revoked')
    const expired = await customerKey(server, { rate_limit: 0, expires_at: new Date(Date.now() + 400).toISOString() })
    while ((await asCustomer(server, expired, 'GET', '/api/accounts/available')).status === 200);
    await refused(expired, 'key_expired')
    const suspended = await customerKey(server)
    await server.expect(200, 'PUT', `/api/customers/${suspended.customer_id}`, { suspended: true })
    await refused(suspended, 'customer_suspended')
  })

  test('a foreign address and a foreign action are 403', async () => {
    const elsewhere = await customerKey(server, { allowed_ips: ['192.0.2.0/24'] })
    const address = await asCustomer(server, elsewhere, 'GET', '/api/accounts/available')
    assert.deepEqual([address.status, address.json.error], [403, 'ip_not_allowed'])
    const renter = await customerKey(server, { allowed_actions: ['rent'] })
    const action = await asCustomer(server, renter, 'GET', '/api/accounts/available')
    assert.deepEqual([action.status, action.json.error], [403, 'action_not_allowed'])
    assert.equal(action.headers['x-ratelimit-remaining'], '100', 'a refusal uses nothing up')
    assert.deepEqual((await eventsOf(server, renter)).map((event) => [event.action, event.status, event.http_status]), [['list', 'action_not_allowed', 403]])
  })

  test('X-Forwarded-For says nothing without the setting', async (t) => {
    const key = await customerKey(server, { allowed_ips: ['192.0.2.7'] })
    const headers = { 'x-forwarded-for': '192.0.2.7' }
    assert.equal((await asCustomer(server, key, 'GET', '/api/accounts/available', undefined, { headers })).status, 403)
    const behind = await Server.start(t, { args: ['--trusted-proxy', '127.0.0.1', '--trusted-proxy', '10.0.0.0/8'] })
    const other = await customerKey(behind, { allowed_ips: ['192.0.2.7'] })
    const call = (forwarded) => asCustomer(behind, other, 'GET', '/api/accounts/available', undefined, { headers: { 'x-forwarded-for': forwarded } })
    assert.equal((await call('192.0.2.7')).status, 200)
    assert.equal((await call('192.0.2.7, 10.1.2.3')).status, 200)
    assert.equal((await call('192.0.2.7, 198.51.100.1')).status, 403, 'what stands left of a stranger is his invention')
    assert.deepEqual((await eventsOf(behind, other)).map((event) => event.ip_address), ['192.0.2.7', '192.0.2.7', '198.51.100.1'])
  })
})

test('a limit: 429 with all headers, and a wait that is right', async () => {
  const key = await customerKey(server, { rate_limit: 1 })
  assert.equal((await asCustomer(server, key, 'GET', '/api/accounts/available')).headers['x-ratelimit-remaining'], '0')
  const refused = await asCustomer(server, key, 'GET', '/api/accounts/available')
  assert.deepEqual([refused.status, refused.json.error, refused.json.success], [429, 'limit_exceeded', false])
  const { resets_at } = await standing(server, key)
  const wait = Number(refused.headers['retry-after'])
  assert.ok(Math.abs(Date.now() / 1000 + wait - Date.parse(resets_at) / 1000) < 3, `${wait} s to ${resets_at}`)
  assert.equal(refused.headers['x-should-retry'], wait > 60 ? 'false' : undefined)
  assert.match(refused.headers['ratelimit-policy'], /^"requests_per_day";q=1;w=86400$/)
  assert.match(refused.headers.ratelimit, /^"requests_per_day";r=0;t=\d+$/)
  assert.deepEqual([refused.headers['x-ratelimit-limit'], refused.headers['x-ratelimit-remaining']], ['1', '0'])

  const paced = await customerKey(server, { rate_limit: 0, limits: [{ metric: 'requests', window: 'minute', amount: 1 }] })
  await customerExpect(server, paced, 200, 'GET', '/api/accounts/available')
  const soon = await asCustomer(server, paced, 'GET', '/api/accounts/available')
  assert.equal(soon.status, 429)
  assert.ok(Number(soon.headers['retry-after']) <= 60)
  assert.equal(soon.headers['x-should-retry'], undefined, 'waiting for a minute helps')

  const unlimited = await customerKey(server, { rate_limit: 0 })
  const { headers } = await asCustomer(server, unlimited, 'GET', '/api/accounts/available')
  for (const name of Object.keys(LIMITS)) assert.equal(headers[name], undefined, name)
})

test('bad input names the field, and is an event', async () => {
  const site = await website(server, 0)
  const key = await customerKey(server)
  const cases = [
    ['POST', '/api/accounts/rent', {}, 400, 'missing_field', 'website'], ['POST', '/api/accounts/rent', { website: 7 }, 400, 'wrong_type', 'website'],
    ['POST', '/api/accounts/rent', { website: site.name, wish: 1 }, 400, 'unknown_field', 'wish'], ['POST', '/api/accounts/rent', [], 400, 'wrong_type'],
    ['POST', '/api/accounts/rent', { website: site.name, customer_info: 'x'.repeat(5000) }, 400, 'too_long', 'customer_info'],
    ['POST', '/api/accounts/rent', { website: 'nowhere' }, 404, 'unknown_website'], ['POST', '/api/accounts/rent', { website: site.name }, 404, 'no_available_accounts'],
    ['GET', '/api/accounts/available?website=nowhere', undefined, 404, 'unknown_website'], ['GET', '/api/accounts/available?limit=0', undefined, 400, 'out_of_range', 'limit'],
    ['GET', '/api/accounts/available?colour=red', undefined, 400, 'unknown_parameter', 'colour'],
    ['GET', '/api/accounts/status/x', undefined, 400, 'malformed_id', 'id'], ['GET', '/api/accounts/status/99999999', undefined, 404, 'unknown_account'],
    ['POST', '/api/accounts/return/0', undefined, 400, 'malformed_id', 'id'], ['POST', '/api/accounts/return/1', { rental_id: -1 }, 400, 'malformed_id', 'rental_id'],
    ['POST', '/api/accounts/return/1', { rental_id: 'x' }, 400, 'wrong_type', 'rental_id'],
    ['GET', '/api/stats/me?days=-1', undefined, 400, 'out_of_range', 'days'], ['GET', '/api/stats/me?days=367', undefined, 400, 'out_of_range', 'days'],
  ]
  for (const [method, target, body, status, code, field] of cases) {
    const answer = await asCustomer(server, key, method, target, body)
    assert.deepEqual([answer.status, answer.json.error, answer.json.code, answer.json.success], [status, code, code, false], `${target} ${answer.body}`)
    if (field) assert.equal(answer.json.field, field, answer.body)
  }
  const unknown = await asCustomer(server, key, 'GET', '/api/accounts/available?website=nowhere')
  assert.ok(unknown.json.message.includes(site.name), `the known ones are named: ${unknown.json.message}`)
  const events = await eventsOf(server, key)
  assert.equal(events.length, cases.length + 1)
  assert.ok(events.every((event) => event.status === 'error'))
})

test('another customer\'s ids answer exactly as missing ones', async () => {
  const site = await website(server, 1)
  const [owner, stranger] = [await customerKey(server), await customerKey(server)]
  const { account } = await customerExpect(server, owner, 200, 'POST', '/api/accounts/rent', { website: site.name })
  const missing = 987_654
  const shape = ({ status, body, headers }, id) => [status, Object.keys(headers).sort(), body.replaceAll(String(id), 'ID')]
  for (const [method, path, body] of [['GET', '/api/accounts/status/'], ['POST', '/api/accounts/return/'], ['POST', '/api/accounts/return/', { rental_id: account.rental_id }]]) {
    const theirs = await asCustomer(server, stranger, method, path + account.id, body)
    const none = await asCustomer(server, stranger, method, path + missing, body)
    assert.equal(theirs.status, 404)
    assert.deepEqual(shape(theirs, account.id), shape(none, missing))
  }
  assert.equal((await asCustomer(server, owner, 'GET', `/api/accounts/status/${account.id}`)).status, 200)
  const { stats, recent_activity } = await customerExpect(server, stranger, 200, 'GET', '/api/stats/me')
  assert.deepEqual([stats.rentals, stats.websites_used], [0, []])
  assert.ok(recent_activity.every((line) => line.account_id === null))
})

test('a customer key opens nothing of the administration, whichever the route', async () => {
  const key = await customerKey(server, { rate_limit: 0 })
  const { json: description } = await server.get('/api/openapi.json', { token: null })
  let admin = 0
  for (const [template, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!['get', 'post', 'put', 'delete', 'patch'].includes(method)) continue
      const security = operation.security ?? description.security
      if (security.length === 0 || security.some((scheme) => scheme.customer_key)) continue
      admin++
      for (const headers of [{ 'x-api-key': key.key }, { authorization: `Bearer ${key.key}` }, { 'x-api-key': key.key, authorization: `Bearer ${key.key}` }]) {
        const answer = await server.call(method.toUpperCase(), template.replace(/\{\w+\}/g, '1'), { token: null, headers, body: operation.requestBody ? {} : undefined })
        assert.ok([401, 403].includes(answer.status), `${method} ${template} answers ${answer.status}`)
      }
    }
  }
  assert.ok(admin > 60, `${admin} routes`)
  assert.equal((await eventsOf(server, key)).length, 0)
})

describe('verify', () => {
  let verifier
  before(async () => (verifier = await server.makeToken('an API', 'verify')))

  test('says whose key it is and what is left, and counts', async () => {
    const key = await customerKey(server, { rate_limit: 10, metadata: { plan: 'gold', seats: 3 } })
    const { status, json } = await verify(server, key, { action: 'download', resource: 'GET /things/7', units: 4, ip: '192.0.2.7', user_agent: 'their client' }, { token: verifier })
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(json), ['valid', 'code', 'key_id', 'customer', 'metadata', 'limits', 'retry_after', 'timestamp'])
    assert.deepEqual([json.valid, json.code, json.key_id, json.customer.id, json.metadata, json.retry_after], [true, 'valid', key.id, key.customer_id, { plan: 'gold', seats: 3 }, null])
    assert.deepEqual(json.limits.map(({ metric, window, amount, used, remaining }) => [metric, window, amount, used, remaining]), [['requests', 'day', 10, 4, 6]])
    const [event] = await eventsOf(server, key)
    assert.deepEqual([event.action, event.resource, event.units, event.ip_address, event.user_agent, event.status], ['download', 'GET /things/7', 4, '192.0.2.7', 'their client', 'success'])
    const over = (await verify(server, key, { units: 7 })).json
    assert.deepEqual([over.valid, over.code, over.limits[0].used], [false, 'limit_exceeded', 4])
    assert.ok(over.retry_after > 0)
    await server.expect(200, 'PUT', `/api/customers/${key.customer_id}`, { name: `renamed ${key.id}` })
    assert.equal((await verify(server, key)).json.customer.name, `renamed ${key.id}`, 'a change takes effect at once')
  })

  test('of a key that is no good is an answer, not an error', async () => {
    const unknown = (await verify(server, 'urt_nobody')).json
    assert.deepEqual([unknown.valid, unknown.code, unknown.key_id, unknown.customer, unknown.metadata, unknown.limits], [false, 'unknown_key', null, null, null, []])
    const key = await customerKey(server, { allowed_ips: ['192.0.2.0/24'], allowed_actions: ['verify'] })
    assert.equal((await verify(server, key)).json.code, 'ip_not_allowed', 'nobody said from where')
    assert.equal((await verify(server, key, { ip: '192.0.2.7' })).json.code, 'valid')
    assert.equal((await verify(server, key, { ip: '192.0.2.7', action: 'other' })).json.code, 'action_not_allowed')
    await server.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)
    assert.equal((await verify(server, key, { ip: '192.0.2.7' })).json.code, 'key_revoked')
    assert.deepEqual((await eventsOf(server, key)).map((event) => event.status), ['ip_not_allowed', 'success', 'action_not_allowed', 'key_revoked'])
  })

  test('refuses what is wrong in the question', async () => {
    const cases = [
      [{}, 'missing_field', 'key'], [{ key: 7 }, 'wrong_type', 'key'], [{ key: 'k', units: 0 }, 'out_of_range', 'units'], [{ key: 'k', units: 1_000_001 }, 'out_of_range', 'units'],
      [{ key: 'k', action: 'Not This' }, 'malformed_action', 'action'], [{ key: 'k', action: 'a'.repeat(65) }, 'malformed_action', 'action'], [{ key: 'k', resource: 'r'.repeat(201) }, 'too_long', 'resource'],
      [{ key: 'k', resource: 'a\nb' }, 'control_characters', 'resource'], [{ key: 'k', ip: 'home' }, 'malformed_address', 'ip'], [{ key: 'k', colour: 1 }, 'unknown_field', 'colour'],
    ]
    for (const [body, code, field] of cases) await server.refused(400, code, 'POST', '/api/verify', body, { field })
    const reader = await server.makeToken('a reader', 'read')
    await server.refused(403, 'insufficient_scope', 'POST', '/api/verify', { key: 'k' }, { token: reader })
    await server.refused(401, 'unauthenticated', 'POST', '/api/verify', { key: 'k' }, { token: null })
  })

  test('100 equal Idempotency-Keys at once have one effect, and repeat one answer', async () => {
    const key = await customerKey(server, { rate_limit: 1000 })
    const headers = { 'idempotency-key': 'just-once' }
    const agent = crowd(100)
    const answers = await Promise.all(Array.from({ length: 100 }, () => verify(server, key, { units: 5 }, { headers, agent })))
    agent.destroy()
    assert.ok(answers.every((answer) => answer.status === 200 || answer.json.code === 'idempotency_key_in_use'))
    const [first] = answers.filter((answer) => answer.status === 200)
    const later = await verify(server, key, { units: 5 }, { headers })
    assert.equal(later.headers['idempotent-replayed'], 'true')
    for (const answer of [...answers.filter((each) => each.status === 200), later]) assert.equal(answer.body, first.body)
    assert.equal((await eventsOf(server, key)).length, 1)
    assert.equal((await standing(server, key)).used, 5)
    await server.refused(422, 'idempotency_key_reused', 'POST', '/api/verify', { key: key.key, units: 6 }, { headers })
  })
})

const NGINX = await access('/usr/sbin/nginx').then(() => true, () => false)

describe('forward-auth', () => {
  test('answers a proxy with headers alone', async () => {
    const key = await customerKey(server)
    const asked = { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/things?token=secret' }
    const fine = await asCustomer(server, key, 'GET', '/api/forward-auth', undefined, { headers: asked })
    assert.deepEqual([fine.status, fine.body, fine.headers['x-keyledger-key-id'], fine.headers['x-keyledger-customer-id']], [200, '', String(key.id), String(key.customer_id)])
    hasLimits(fine, 99)
    assert.equal((await asCustomer(server, key, 'HEAD', '/api/forward-auth?action=look')).status, 200)
    assert.deepEqual((await eventsOf(server, key)).map((event) => [event.action, event.resource]), [['forward_auth', 'PUT /things'], ['look', '']])
    const none = await server.get('/api/forward-auth', { token: null })
    assert.deepEqual([none.status, none.json.error, none.headers['x-keyledger-code']], [401, 'invalid_api_key', 'invalid_api_key'])
  })

  test('lets a real nginx pass who may, and tells the others why', { skip: !NGINX && 'needs nginx-light' }, async (t) => {
    const behind = await Server.start(t, { args: ['--trusted-proxy', '127.0.0.1'] })
    const port = await startNginx(t, behind.port)
    const get = (headers, method = 'GET') => new Promise((done, failed) => {
      const request = http.request({ port, host: '127.0.0.1', method, path: '/things/7?token=secret', headers, agent: false }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (piece) => (body += piece))
        response.on('end', () => done({ status: response.statusCode, headers: response.headers, json: JSON.parse(body) }))
      })
      request.on('error', failed).end(method === 'POST' ? 'a body' : undefined)
    })
    const key = await customerKey(behind, { rate_limit: 3 })
    const passed = await get({ 'x-api-key': key.key, 'x-keyledger-customer-id': '999', 'user-agent': 'a client' })
    assert.equal(passed.status, 200)
    assert.deepEqual([passed.json.headers['x-keyledger-key-id'], passed.json.headers['x-keyledger-customer-id'], passed.json.url], [String(key.id), String(key.customer_id), '/things/7?token=secret'])
    assert.equal(passed.json.headers['x-api-key'], undefined, 'the API never sees the key')
    assert.match(passed.headers.ratelimit, /^"requests_per_day";r=2;t=\d+$/)
    assert.equal((await get({ authorization: `Bearer ${key.key}` }, 'POST')).status, 200)
    const [event, second] = await eventsOf(behind, key)
    assert.deepEqual([event.action, event.resource, event.ip_address, event.user_agent], ['forward_auth', 'GET /things/7', '127.0.0.1', 'a client'])
    assert.equal(second.resource, 'POST /things/7')

    for (const headers of [{}, { 'x-api-key': 'urt_nobody' }]) {
      const stranger = await get(headers)
      assert.deepEqual([stranger.status, stranger.json.error, stranger.headers['www-authenticate']], [401, 'invalid_api_key', 'Bearer realm="keyledger"'])
    }
    assert.equal((await get({ 'x-api-key': key.key })).status, 200)
    const limited = await get({ 'x-api-key': key.key })
    assert.deepEqual([limited.status, limited.json.error], [429, 'limit_exceeded'])
    assert.ok(Number(limited.headers['retry-after']) > 0)
    assert.match(limited.headers.ratelimit, /;r=0;/)
    const elsewhere = await customerKey(behind, { allowed_ips: ['192.0.2.7'] })
    const refused = await get({ 'x-api-key': elsewhere.key, 'x-forwarded-for': '192.0.2.7' })
    assert.deepEqual([refused.status, refused.json.error], [403, 'ip_not_allowed'], 'nginx overwrites what the caller says')
    await behind.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)
    assert.deepEqual([(await get({ 'x-api-key': key.key })).status, (await get({ 'x-api-key': key.key })).json.error], [401, 'key_revoked'])
    await behind.stop()
    const response = await new Promise((done, failed) => http.get({ port, host: '127.0.0.1', path: '/', headers: { 'x-api-key': key.key }, agent: false }, done).on('error', failed))
    response.resume()
    assert.equal(response.statusCode, 500, 'nothing passes unmetered')
  })
})

describe('the guide', () => {
  test('is made for this installation and needs no script', async (t) => {
    const page = await server.get('/docs', { token: null })
    assert.equal(page.status, 200)
    assert.match(page.headers['content-type'], /^text\/html/)
    assert.match(page.headers['content-security-policy'], /default-src 'none'/)
    for (const call of ['/api/accounts/available', '/api/accounts/rent', '/api/accounts/status/12', '/api/accounts/return/12', '/api/stats/me?days=30']) {
      assert.ok(page.body.includes(`http://127.0.0.1:${server.port}${call}`), call)
    }
    assert.ok(!/<script|style=|<style|\{\{/.test(page.body))
    assert.equal((await server.get('/docs.css', { token: null })).status, 200)
    const named = await Server.start(t, { args: ['--public-url', 'https://keys.example.com'] })
    assert.ok((await named.get('/docs', { token: null })).body.includes('https://keys.example.com/api/accounts/rent'))
  })

  test('describes calls that work as they stand there', async () => {
    const { body } = await server.get('/docs', { token: null })
    const key = await customerKey(server)
    const commands = [...body.matchAll(/<code>(curl [^<]*)<\/code>/g)].map(([, text]) => text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
    assert.equal(commands.length, 6)
    for (const command of commands) {
      const { stdout } = await promisify(execFile)('bash', ['-c', command.replace('uuidgen', 'echo one').replace(/^curl/, 'curl -sS')], { env: { PATH: process.env.PATH, API_KEY: key.key } })
      const answer = JSON.parse(stdout)
      assert.ok(answer.success || ['unknown_website', 'unknown_account'].includes(answer.error), `${command}: ${stdout}`)
    }
  })
})

test('over the local socket a customer key is used as anywhere', async () => {
  const key = await customerKey(server)
  const get = (path, headers) => new Promise((done, failed) => {
    http.get({ socketPath: server.socket, path, headers: { host: 'localhost', ...headers } }, (response) => {
      response.resume().on('end', () => done(response.statusCode))
    }).on('error', failed)
  })
  assert.equal(await get('/api/accounts/available', {}), 401)
  assert.equal(await get('/api/accounts/available', { 'x-api-key': key.key }), 200)
  assert.equal((await eventsOf(server, key)).length, 1)
})
