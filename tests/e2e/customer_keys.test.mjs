// Customers and their keys: handed out once, changed, rotated, revoked; every bad input refused with its own code.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'

import { asCustomer, customerKey } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

let count = 0
const fresh = () => `someone ${++count}`
const call = (key) => asCustomer(server, key, 'GET', '/api/stats/me')

// Nothing may be changed by a request that is refused.
async function unchanged(work) {
  const state = async () => JSON.stringify([await server.expect(200, 'GET', '/api/customers?limit=500'), (await server.expect(200, 'GET', '/api/customer-keys?limit=500')).data.map(({ updated_at, hint, limits, status }) => [updated_at, hint, limits, status])])
  const before = await state()
  await work()
  assert.equal(await state(), before, 'a refused request changed something')
}

describe('customers', () => {
  test('are made, read, changed, suspended and deleted', async () => {
    const made = await server.call('POST', '/api/customers', { body: { name: 'Works', email: 'Ada@Example.com', timezone: 'Europe/Berlin' } })
    assert.equal(made.status, 201)
    assert.equal(made.headers.location, `/api/customers/${made.json.id}`)
    assert.deepEqual([made.json.name, made.json.email, made.json.notes, made.json.timezone, made.json.suspended_at, made.json.key_count], ['Works', 'Ada@Example.com', '', 'Europe/Berlin', null, 0])
    const changed = await server.expect(200, 'PUT', `/api/customers/${made.json.id}`, { name: 'Works Ltd', email: null })
    assert.deepEqual([changed.name, changed.email, changed.timezone], ['Works Ltd', '', 'Europe/Berlin'])
    assert.deepEqual(await server.expect(200, 'GET', `/api/customers/${made.json.id}`), changed)
    assert.equal((await server.delete(`/api/customers/${made.json.id}`)).status, 204)
    await server.refused(404, 'unknown_customer', 'GET', `/api/customers/${made.json.id}`)
  })

  test('that are suspended are refused until they are not', async () => {
    const key = await customerKey(server)
    assert.equal((await call(key)).status, 200)
    assert.ok((await server.expect(200, 'PUT', `/api/customers/${key.customer_id}`, { suspended: true })).suspended_at)
    const refused = await call(key)
    assert.deepEqual([refused.status, refused.json.code], [401, 'customer_suspended'])
    await server.expect(200, 'PUT', `/api/customers/${key.customer_id}`, { suspended: false })
    assert.equal((await call(key)).status, 200)
  })

  test('are refused when they are not right', async () => {
    const key = await customerKey(server, { name: 'taken', email: 'taken@example.com' })
    const cases = [
      [{}, 400, 'missing_field', 'name'], [{ name: '' }, 400, 'missing_name', 'name'], [{ name: 7 }, 400, 'wrong_type', 'name'],
      [{ name: 'n'.repeat(201) }, 400, 'too_long', 'name'], [{ name: 'a\nb' }, 400, 'control_characters', 'name'],
      [{ name: 'n', email: 'nobody' }, 400, 'malformed_email', 'email'], [{ name: 'n', notes: 'n'.repeat(10_001) }, 400, 'too_long', 'notes'],
      [{ name: 'n', timezone: 'Europe/Atlantis' }, 400, 'unknown_timezone', 'timezone'], [{ name: 'n', colour: 'red' }, 400, 'unknown_field', 'colour'],
      [[], 400, 'wrong_type'], ['text', 400, 'wrong_type'], [{ name: 'taken', email: 'TAKEN@example.com' }, 409, 'duplicate_customer', 'name'],
    ]
    await unchanged(async () => {
      for (const [body, status, code, field] of cases) await server.refused(status, code, 'POST', '/api/customers', body, { field })
      await server.refused(409, 'customer_has_keys', 'DELETE', `/api/customers/${key.customer_id}`)
      await server.refused(400, 'wrong_type', 'PUT', `/api/customers/${key.customer_id}`, { suspended: 'yes' }, { field: 'suspended' })
      await server.refused(404, 'unknown_customer', 'PUT', '/api/customers/999999', { name: 'x' })
      for (const id of ['0', '-1', '1x', '99999999999999999999']) await server.refused(400, 'malformed_id', 'GET', `/api/customers/${id}`)
    })
  })
})

describe('customer keys', () => {
  test('are made with what product and customer need', async () => {
    const email = 'dana@example.com'
    const made = await server.call('POST', '/api/customer-keys', { body: { name: 'Dana', email, notes: 'first', metadata: { plan: 'gold' } } })
    assert.equal(made.status, 201)
    const key = made.json
    assert.equal(made.headers.location, `/api/customer-keys/${key.id}`)
    assert.match(key.key, /^urt_[A-Za-z0-9_-]{43}$/)
    assert.equal(key.hint, `${key.key.slice(0, 8)}...${key.key.slice(-4)}`)
    assert.deepEqual([key.name, key.customer_name, key.customer_email, key.status, key.rate_limit, key.notes, key.total_requests, key.last_used_at], ['Dana', 'Dana', email, 'active', 100, 'first', 0, null])
    assert.deepEqual(key.limits, [{ metric: 'requests', window: 'day', amount: 100 }])
    assert.deepEqual(key.metadata, { plan: 'gold' })
    for (const part of [key.key, `http://127.0.0.1:${server.port}`, `http://127.0.0.1:${server.port}/docs`, '100 requests a day', 'curl', 'X-API-Key']) assert.ok(key.message.includes(part), part)
    const again = await customerKey(server, { name: 'Dana', email: 'DANA@example.com' })
    assert.equal(again.customer_id, key.customer_id)
    assert.equal((await customerKey(server, { name: 'another', customer_id: key.customer_id })).customer_name, 'Dana')
    const { key: text, message, standings, ...rest } = key
    const { standings: now, ...shown } = await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)
    assert.deepEqual(shown, rest)
    assert.deepEqual(now, standings)
  })

  test('are counted when they are used', async () => {
    const key = await customerKey(server, { rate_limit: 2 })
    assert.equal((await call(key)).status, 200)
    assert.equal((await call(key)).status, 200)
    assert.equal((await call(key)).status, 429)
    const shown = await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)
    assert.equal(shown.total_requests, 2)
    assert.ok(shown.last_used_at)
    assert.deepEqual([shown.standings[0].used, shown.standings[0].remaining], [2, 0])
  })

  test('are shown once: no later answer, no file and no log has the key', async (t) => {
    const own = await Server.start(t)
    const headers = { 'idempotency-key': 'one-key' }
    const key = (await own.call('POST', '/api/customer-keys', { body: { name: 'Shy' }, headers })).json
    const rotated = await own.expect(200, 'POST', `/api/customer-keys/${key.id}/rotate`, { grace_seconds: 60 })
    assert.notEqual(rotated.key, key.key)
    assert.equal((await asCustomer(own, rotated, 'GET', '/api/stats/me')).status, 200)
    const answers = []
    for (const target of ['/api/customer-keys', `/api/customer-keys/${key.id}`, '/api/customers', `/api/customers/${key.customer_id}`, '/api/activity', `/api/customer-keys/${key.id}/activity`, '/api/audit']) answers.push((await own.get(target)).body)
    const backUp = own.stdout + own.stderr + answers.join('')
    await own.stop()
    const files = Buffer.concat([...(await own.files()).values()])
    for (const text of [key.key, rotated.key]) {
      const random = text.slice('urt_'.length)
      assert.ok(!backUp.includes(random), 'the key is in an answer or in the log')
      assert.ok(!files.includes(random), 'the key is in a file')
      assert.ok(files.includes(createHash('sha256').update(text).digest()), 'its SHA-256 is in the database')
    }
  })

  test('are made once when a request is repeated under its Idempotency-Key, also after a restart', async (t) => {
    const first = await Server.start(t)
    const options = { body: { name: 'Once' }, headers: { 'idempotency-key': 'once-and-only-once' } }
    const made = await first.call('POST', '/api/customer-keys', options)
    const repeated = await first.call('POST', '/api/customer-keys', options)
    assert.deepEqual([repeated.status, repeated.body, repeated.headers['idempotent-replayed']], [201, made.body, 'true'])
    await first.stop()
    const second = await first.again(t)
    assert.equal((await second.call('POST', '/api/customer-keys', { ...options, token: first.token })).body, made.body)
    assert.equal((await second.expect(200, 'GET', '/api/customer-keys', undefined, { token: first.token })).data.length, 1)
    assert.equal((await asCustomer(second, made.json, 'GET', '/api/stats/me')).status, 200)
  })

  test('come page by page, searched and filtered', async () => {
    const { customer_id } = await customerKey(server, { name: 'pages 0', email: 'PAGES@pages.example' })
    for (let index = 1; index < 5; index++) await customerKey(server, { name: `pages ${index}`, customer_id })
    const seen = []
    for (let cursor = ''; ;) {
      const page = await server.expect(200, 'GET', `/api/customer-keys?limit=2&customer_id=${customer_id}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...page.data.map((key) => key.name))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4].map((index) => `pages ${index}`))
    const found = async (query) => (await server.expect(200, 'GET', `/api/customer-keys?limit=500&${query}`)).data
    assert.equal((await found('q=pages%40PAGES')).length, 5)
    const [one] = await found('q=pages%203')
    assert.equal((await found(`q=${one.hint}`)).length, 1)
    assert.equal((await found('q=%25')).length, 0)
    await server.expect(200, 'POST', `/api/customer-keys/${one.id}/revoke`)
    assert.deepEqual((await found(`customer_id=${customer_id}&status=revoked`)).map((key) => key.id), [one.id])
    assert.equal((await found(`customer_id=${customer_id}&status=active`)).length, 4)
    assert.equal((await found(`customer_id=${customer_id}&status=expired`)).length, 0)
  })

  test('follow their changes on the next call', async () => {
    const key = await customerKey(server, { rate_limit: 1 })
    assert.equal((await call(key)).status, 200)
    assert.equal((await call(key)).status, 429)
    const changed = await server.expect(200, 'PUT', `/api/customer-keys/${key.id}`, { rate_limit: 2, notes: 'more', metadata: { a: 1 } })
    assert.deepEqual([changed.rate_limit, changed.notes, changed.metadata, changed.standings[0].used], [2, 'more', { a: 1 }, 1])
    assert.equal((await call(key)).status, 200)
    assert.equal((await call(key)).status, 429)
    await server.expect(200, 'PUT', `/api/customer-keys/${key.id}`, { rate_limit: 0, allowed_actions: ['rent'] })
    assert.deepEqual([(await call(key)).status, (await call(key)).json.code], [403, 'action_not_allowed'])
    await server.expect(200, 'PUT', `/api/customer-keys/${key.id}`, { allowed_actions: null, allowed_ips: ['192.0.2.0/24'] })
    assert.equal((await call(key)).json.code, 'ip_not_allowed')
    const freed = await server.expect(200, 'PUT', `/api/customer-keys/${key.id}`, { allowed_ips: ['127.0.0.0/8'], metadata: null, notes: null })
    assert.deepEqual([freed.rate_limit, freed.limits, freed.allowed_actions, freed.metadata, freed.notes], [0, [], [], null, ''])
    assert.equal((await call(key)).status, 200)
  })

  test('that are new to a limit have what was used before counted', async () => {
    const key = await customerKey(server, { rate_limit: 0 })
    for (let calls = 0; calls < 3; calls++) assert.equal((await call(key)).status, 200)
    const limited = await server.expect(200, 'PUT', `/api/customer-keys/${key.id}`, { limits: [{ metric: 'requests', window: 'month', amount: 4 }] })
    assert.deepEqual([limited.standings[0].used, limited.standings[0].remaining], [3, 1])
    assert.equal((await call(key)).status, 200)
    assert.equal((await call(key)).status, 429)
  })

  test('are revoked on the next call, for good, and keep their name', async () => {
    const key = await customerKey(server)
    assert.equal((await call(key)).status, 200)
    const revoked = await server.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)
    assert.equal(revoked.status, 'revoked')
    const refused = await call(key)
    assert.deepEqual([refused.status, refused.json.code], [401, 'key_revoked'])
    assert.equal((await server.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)).revoked_at, revoked.revoked_at)
    await server.refused(409, 'already_revoked', 'PUT', `/api/customer-keys/${key.id}`, { name: 'x' })
    await server.refused(409, 'already_revoked', 'POST', `/api/customer-keys/${key.id}/rotate`)
    assert.equal((await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)).name, key.name)
  })

  test('are rotated: the old text lives as long as it is let', async () => {
    const first = await customerKey(server, { rate_limit: 10 })
    const second = await server.expect(200, 'POST', `/api/customer-keys/${first.id}/rotate`)
    assert.equal(second.id, first.id)
    assert.ok(second.message.includes(second.key))
    const day = (Date.parse(second.previous_valid_until) - Date.parse(second.rotated_at)) / 1000
    assert.equal(day, 86_400)
    assert.deepEqual([(await call(first)).status, (await call(second)).status], [200, 200])
    const third = await server.expect(200, 'POST', `/api/customer-keys/${first.id}/rotate`, { grace_seconds: 0 })
    for (const old of [first, second]) {
      const refused = await call(old)
      assert.deepEqual([refused.status, refused.json.code], [401, 'key_expired'])
    }
    assert.equal((await call(third)).status, 200)
    const shown = await server.expect(200, 'GET', `/api/customer-keys/${first.id}`)
    assert.deepEqual([shown.hint, shown.previous_valid_until, shown.standings[0].used], [third.hint, null, 3])
  })

  test('expire on time', async () => {
    const expires_at = new Date(Date.now() + 3_000).toISOString()
    const key = await customerKey(server, { expires_at })
    assert.equal((await call(key)).status, 200)
    const refused = await until(async () => {
      const answer = await call(key)
      return answer.status === 200 ? null : answer
    }, { what: 'the end of the key' })
    assert.ok(Date.now() >= Date.parse(expires_at))
    assert.deepEqual([refused.status, refused.json.code], [401, 'key_expired'])
    assert.equal((await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)).status, 'expired')
    await server.refused(409, 'already_expired', 'POST', `/api/customer-keys/${key.id}/rotate`)
  })

  test('are refused when they are not right', async () => {
    const name = fresh()
    const limit = (metric, window, amount) => ({ metric, window, amount })
    const cases = [
      [{}, 'missing_field', 'name'], [{ name: null }, 'wrong_type', 'name'], [{ name: ' ' }, 'missing_name', 'name'],
      [{ name, email: 'nobody' }, 'malformed_email', 'email'],
      [{ name, rate_limit: -1 }, 'out_of_range', 'rate_limit'], [{ name, rate_limit: 1e12 + 1 }, 'out_of_range', 'rate_limit'],
      [{ name, rate_limit: '100' }, 'wrong_type', 'rate_limit'], [{ name, rate_limit: 1.5 }, 'wrong_type', 'rate_limit'],
      [{ name, expires_at: '2020-01-01T00:00:00Z' }, 'expires_in_past', 'expires_at'], [{ name, expires_at: 'tomorrow' }, 'malformed_time', 'expires_at'],
      [{ name, allowed_ips: ['10.0.0.0/8', '10.0.0.0/33'] }, 'malformed_cidr', 'allowed_ips[1]'], [{ name, allowed_ips: '10.0.0.0/8' }, 'wrong_type', 'allowed_ips'],
      [{ name, allowed_ips: Array(101).fill('10.0.0.1') }, 'too_many', 'allowed_ips'],
      [{ name, allowed_actions: ['Rent it'] }, 'malformed_action', 'allowed_actions[0]'],
      [{ name, limits: [limit('coffee', 'day', 1)] }, 'unknown_value', 'limits[0].metric'], [{ name, limits: [limit('requests', 'week', 1)] }, 'unknown_value', 'limits[0].window'],
      [{ name, limits: [limit('requests', 'at_once', 1)] }, 'unknown_value', 'limits[0].window'], [{ name, limits: [limit('rentals', 'day', 0)] }, 'out_of_range', 'limits[0].amount'],
      [{ name, limits: [limit('rentals', 'day', 1), limit('rentals', 'day', 2)] }, 'duplicate_limit', 'limits[1]'], [{ name, limits: [{ metric: 'rentals', window: 'day' }] }, 'missing_field', 'limits[0].amount'],
      [{ name, rate_limit: 5, limits: [limit('requests', 'day', 6)] }, 'contradicting_limits', 'rate_limit'],
      [{ name, metadata: [] }, 'wrong_type', 'metadata'], [{ name, metadata: 'text' }, 'wrong_type', 'metadata'], [{ name, metadata: { long: 'm'.repeat(4096) } }, 'too_long', 'metadata'],
      [{ name, notes: 'n'.repeat(10_001) }, 'too_long', 'notes'], [{ name, colour: 'red' }, 'unknown_field', 'colour'],
      [[], 'wrong_type', undefined], [7, 'wrong_type', undefined],
    ]
    const key = await customerKey(server, { email: 'own@example.com' })
    await unchanged(async () => {
      for (const [body, code, field] of cases) await server.refused(400, code, 'POST', '/api/customer-keys', body, { field })
      for (const digits of ['9223372036854775808', '1e400', '0.5']) await server.refused(400, 'wrong_type', 'POST', '/api/customer-keys', undefined, { raw: `{"name":"n","rate_limit":${digits}}`, field: 'rate_limit' })
      await server.refused(400, 'malformed_json', 'POST', '/api/customer-keys', undefined, { raw: '{"name":' })
      await server.refused(404, 'unknown_customer', 'POST', '/api/customer-keys', { name, customer_id: 999_999 }, { field: 'customer_id' })
      await server.refused(400, 'other_email', 'POST', '/api/customer-keys', { name, customer_id: key.customer_id, email: 'else@example.com' }, { field: 'email' })
      for (const [body, code, field] of cases.filter(([body]) => body.name === name && body.email === undefined)) {
        const { name: _, ...patch } = body
        await server.refused(400, code, 'PUT', `/api/customer-keys/${key.id}`, patch, { field })
      }
      for (const grace_seconds of [-1, 2_592_001]) await server.refused(400, 'out_of_range', 'POST', `/api/customer-keys/${key.id}/rotate`, { grace_seconds }, { field: 'grace_seconds' })
      await server.refused(400, 'wrong_type', 'POST', `/api/customer-keys/${key.id}/rotate`, { grace_seconds: '1' }, { field: 'grace_seconds' })
      for (const [method, rest] of [['GET', ''], ['PUT', ''], ['POST', '/revoke'], ['POST', '/rotate']]) {
        const body = method === 'PUT' ? {} : undefined
        await server.refused(404, 'unknown_customer_key', method, `/api/customer-keys/999999${rest}`, body)
        for (const id of ['0', '-1', '1x', '99999999999999999999']) await server.refused(400, 'malformed_id', method, `/api/customer-keys/${id}${rest}`, body)
      }
      await server.refused(400, 'unknown_value', 'GET', '/api/customer-keys?status=dead')
      await server.refused(400, 'malformed_id', 'GET', '/api/customer-keys?customer_id=x')
      await server.refused(400, 'malformed_cursor', 'GET', '/api/customer-keys?cursor=made-up')
      await server.refused(400, 'out_of_range', 'GET', '/api/customer-keys?limit=501')
    })
  })

  test('are for the admin: no reader, customer or stranger changes one', async () => {
    const key = await customerKey(server)
    const reader = await server.makeToken('reader', 'read')
    await server.expect(200, 'GET', `/api/customer-keys/${key.id}`, undefined, { token: reader })
    for (const [method, target, body] of [['POST', '/api/customer-keys', { name: 'n' }], ['PUT', `/api/customer-keys/${key.id}`, {}], ['POST', `/api/customer-keys/${key.id}/revoke`], ['POST', `/api/customer-keys/${key.id}/rotate`], ['POST', '/api/customers', { name: 'n' }], ['DELETE', `/api/customers/${key.customer_id}`]]) {
      await server.refused(403, 'insufficient_scope', method, target, body, { token: reader })
      await server.refused(401, 'unauthenticated', method, target, body, { token: key.key })
      await server.refused(401, 'unauthenticated', method, target, body, { token: null, headers: { 'x-api-key': key.key } })
    }
  })
})

test('prefix and address are settings', async (t) => {
  const own = await Server.start(t, { args: ['--key-prefix', 'acme_', '--public-url', 'https://keys.example.com/'] })
  const key = await customerKey(own)
  assert.match(key.key, /^acme_[A-Za-z0-9_-]{43}$/)
  assert.match(key.hint, /^acme_.{4}\.\.\..{4}$/)
  assert.ok(key.message.includes('https://keys.example.com/docs'))
  assert.equal((await asCustomer(own, key, 'GET', '/api/stats/me')).status, 200)
})

for (const running of [true, false]) {
  test(`the commands do the same ${running ? 'through the socket' : 'without a server'}`, async (t) => {
    const own = await Server.start(t)
    if (!running) await own.stop()
    const said = async (args) => {
      const { code, stdout, stderr } = await own.run(args)
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}${stdout}`)
      return stdout
    }
    const json = async (args) => JSON.parse(await said([...args, '--json']))
    const message = await said(['customer-keys', 'create', '--name', 'Works', '--email', 'ada@example.com', '--limit', 'rentals/day=5', '--allow-ip', '127.0.0.1'])
    const [key] = /urt_[A-Za-z0-9_-]{43}/.exec(message)
    assert.ok(message.includes('5 rentals a day'))
    const [shown] = (await json(['customer-keys', 'list', '--search', 'ada@'])).data
    assert.deepEqual([shown.id, shown.rate_limit, shown.limits.length, shown.allowed_ips], [1, 100, 2, ['127.0.0.1']])
    assert.equal((await json(['customer-keys', 'update', '1', '--rate-limit', '7', '--any-ip'])).rate_limit, 7)
    const rotated = await json(['customer-keys', 'rotate', '1', '--grace', '0s'])
    assert.notEqual(rotated.key, key)
    assert.match(await said(['customer-keys', 'show', '1']), /requests\s+day\s+7/)
    assert.equal((await json(['customer-keys', 'stats', '1'])).total_requests, 0)
    assert.deepEqual((await json(['customer-keys', 'activity', '1'])).data, [])
    assert.equal((await json(['customers', 'update', '1', '--suspend'])).key_count, 1)
    assert.equal((await own.run(['customers', 'delete', '1'])).code, 1)
    assert.equal((await json(['customer-keys', 'revoke', '1'])).status, 'revoked')
    assert.match(await said(['customer-keys', 'list', '--csv']), /^id,name,customer_name/)
    assert.equal((await own.run(['customer-keys', 'show', '99'])).code, 3)
    const audit = await said(['audit', 'list', '--csv'])
    for (const action of ['customers.create', 'customer_keys.create', 'customer_keys.update', 'customer_keys.rotate', 'customer_keys.revoke']) assert.ok(audit.includes(action), action)
    assert.equal((await own.run(['audit', 'verify'])).code, 0)
  })
}
