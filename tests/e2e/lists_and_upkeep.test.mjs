// Held keys, accounts and the audit log as lists: order, pages, counts and files; the testing of all keys; what the
// settings and the program say about themselves.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { until } from './lib/network.mjs'
import { keyText } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { serverForThisFile, signIn } from './lib/server.mjs'

let provider
let server
let dana
serverForThisFile((started) => (server = started), async () => {
  provider = await startPretendProvider()
  return { env: provider.environment }
})
after(() => provider.close())

/** Every row of a list, read in pages of two. */
async function walk(target) {
  const rows = []
  let cursor = ''
  for (;;) {
    const page = await server.expect(200, 'GET', `${target}${target.includes('?') ? '&' : '?'}limit=2${cursor}`)
    rows.push(...page.data)
    if (!page.next_cursor) return { rows, count: page.count, all_count: page.all_count }
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
}

/** The cells of a CSV file that has no quoted line breaks. */
const cells = (text) => text.trim().split('\r\n').map((line) => line.split(','))

test('keys stand in every order, page by page, with counts and the names of what they belong to', async () => {
  dana = await server.expect(201, 'POST', '/api/accounts', { email: 'dana@example.com', name: 'Dana' })
  const admin = await server.addKey(dana, keyText.openaiAdmin('lists'), { name: 'org admin' })
  for (const name of ['beta', 'Alpha', 'beta']) await server.addKey(dana, keyText.openaiProject(`lists ${Math.random()}`), { name, admin_key_id: admin.id })
  const names = async (query) => (await walk(`/api/keys${query}`)).rows.map((key) => key.name)
  assert.deepEqual(await names(''), ['org admin', 'beta', 'Alpha', 'beta'])
  assert.deepEqual(await names('?sort=name'), ['Alpha', 'beta', 'beta', 'org admin'])
  assert.deepEqual(await names('?sort=name&order=desc'), ['org admin', 'beta', 'beta', 'Alpha'])
  assert.deepEqual(await names('?sort=created_at'), ['beta', 'Alpha', 'beta', 'org admin'])
  assert.deepEqual(await names(`?admin_key_id=${admin.id}&q=BET`), ['beta', 'beta'])
  const { rows, count, all_count } = await walk('/api/keys?key_type=admin')
  assert.deepEqual([rows.length, count, all_count], [1, 1, 4])
  assert.deepEqual([rows[0].account_name, rows[0].admin_key_name], ['Dana', null])
  assert.equal((await walk('/api/keys?q=alpha')).rows[0].admin_key_name, 'org admin')
})

test('a cursor belongs to the order and the filters of its list', async () => {
  const { next_cursor } = await server.expect(200, 'GET', '/api/keys?sort=name&limit=1')
  for (const target of ['/api/keys?sort=provider', '/api/keys?sort=name&order=desc', '/api/keys?sort=name&q=a', '/api/accounts', '/api/audit']) {
    await server.refused(400, 'malformed_cursor', 'GET', `${target}${target.includes('?') ? '&' : '?'}cursor=${next_cursor}`)
  }
  for (const target of ['/api/keys?sort=colour', '/api/keys?order=up', '/api/keys.csv?sort=colour', '/api/accounts?sort=keys', '/api/audit?sort=hash', '/api/audit?actor_kind=robot', '/api/keys?key_type=none']) {
    await server.refused(400, 'unknown_value', 'GET', target)
  }
  for (const target of ['/api/keys.csv?limit=1', '/api/accounts.csv?cursor=x', '/api/audit.csv?limit=1']) await server.refused(400, 'unknown_parameter', 'GET', target)
})

test('a list is also a file, in which no cell is a formula', async () => {
  await server.addKey(dana, keyText.openaiProject('formula'), { name: '=cmd()' })
  const file = await server.get('/api/keys.csv?sort=name')
  assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(file.headers['content-disposition'], 'attachment; filename="keys.csv"')
  const [head, ...lines] = cells(file.body)
  const name = head.indexOf('name')
  assert.deepEqual(lines.map((line) => line[name]).sort(), ["'=cmd()", 'Alpha', 'beta', 'beta', 'org admin'].sort())
  assert.ok(!file.body.includes('T3BlbkFJ'), 'a file has no keys')
  const accounts = await server.get('/api/accounts.csv?days=2')
  assert.match(accounts.headers['content-disposition'], /^attachment; filename="accounts_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d_UTC\.csv"$/)
  assert.equal(cells(accounts.body)[1][2], 'dana@example.com')
  const audit = cells((await server.get('/api/audit.csv?action=accounts.create')).body)
  assert.deepEqual([audit.length, audit[1][7]], [2, 'dana@example.com'])
})

test('accounts tell the days of their cost, and refuse those that a report refuses', async () => {
  await server.expect(201, 'POST', '/api/accounts', { email: 'eve@example.com' })
  const page = await server.expect(200, 'GET', '/api/accounts?sort=cost&from=2026-01-01&to=2026-01-31')
  assert.deepEqual([page.from, page.to, page.timezone, page.count, page.all_count], ['2026-01-01', '2026-01-31', 'UTC', 2, 2])
  assert.deepEqual(page.data.map((account) => account.cost), [[], []])
  assert.deepEqual((await walk('/api/accounts?sort=name')).rows.map((account) => account.email), ['dana@example.com', 'eve@example.com'])
  await server.refused(400, 'invalid_days', 'GET', '/api/accounts?days=0')
  await server.refused(400, 'range_reversed', 'GET', '/api/accounts?from=2026-01-02&to=2026-01-01')
})

describe('keys are tested', () => {
  test('when they are added, with one answer for a repeated request', async () => {
    const headers = { 'idempotency-key': 'add-and-test' }
    const body = { name: 'tested', full_key: keyText.openaiProject('tested'), account_id: dana.id, test: true }
    const made = await server.call('POST', '/api/keys', { body, headers })
    assert.equal(made.status, 201, made.body)
    assert.equal(made.headers.location, `/api/keys/${made.json.key.id}`)
    assert.equal(made.json.key.last_test.code, made.json.test.code)
    assert.notEqual(made.json.key.status, 'unknown')
    const again = await server.call('POST', '/api/keys', { body, headers })
    assert.deepEqual([again.status, again.json], [201, made.json])
    await server.refused(409, 'duplicate_key', 'POST', '/api/keys', body)
  })

  test('all at once in the background, under the filters of the list', async () => {
    const { count } = await walk('/api/keys?q=beta')
    const begun = await server.expect(202, 'POST', '/api/keys/test-all?q=beta')
    assert.equal(begun.total, count)
    const done = await until(async () => {
      const run = await server.expect(200, 'GET', '/api/keys/test-all')
      return run.state === 'finished' && run
    }, { what: 'the end of the tests' })
    assert.deepEqual([done.tested, done.total, done.failed], [count, count, 0])
    const { rows } = await walk('/api/keys?q=beta')
    assert.ok(rows.every((key) => key.status !== 'unknown' && key.last_test))
    assert.equal((await walk('/api/accounts?q=dana')).rows[0].worst_status, rows[0].status)
    await server.refused(400, 'unknown_value', 'POST', '/api/keys/test-all?status=fine')
  })
})

test('the audit log is searched, ordered and counted, and names what was acted on', async () => {
  const { rows, count, all_count } = await walk('/api/audit?q=ALPHA')
  assert.ok(count === rows.length && all_count > count)
  assert.ok(rows.every((line) => line.subject_name === 'Alpha'))
  const all = (await walk('/api/audit')).rows.map((line) => line.id)
  assert.deepEqual(all, [...all].sort((a, b) => b - a), 'the newest come first')
  assert.deepEqual((await walk('/api/audit?order=asc')).rows.map((line) => line.id), all.toReversed())
  const actions = (await walk('/api/audit?sort=action&actor_kind=token')).rows.map((line) => line.action)
  assert.deepEqual(actions, [...actions].sort())
})

test('the outcome of the last verification is told without reading the log', async () => {
  const state = await server.expect(200, 'GET', '/api/audit/verify')
  const last = await server.expect(200, 'GET', '/api/audit/state')
  assert.deepEqual([last.outcome.whole, last.outcome.head], [true, state.head])
  assert.ok(Date.parse(last.verified_at) > Date.now() - 60_000)
})

test('a key is revealed to the own page only, also where the browser says nothing of where a read comes from', async () => {
  const { options } = await signIn(server)
  const { rows: [key] } = await walk('/api/keys')
  const full = (headers) => server.get(`/api/keys/${key.id}/full`, { token: null, cookie: options.cookie, headers })
  assert.equal((await full({})).json.code, 'cross_origin')
  assert.equal((await full({ 'x-keyledger': 'something' })).json.code, 'cross_origin')
  assert.equal((await full({ 'x-keyledger': 'dashboard', origin: 'http://elsewhere.example' })).json.code, 'cross_origin')
  assert.equal((await full({ 'x-keyledger': 'dashboard', 'sec-fetch-site': 'cross-site' })).json.code, 'cross_origin')
  assert.equal((await full({ 'x-keyledger': 'dashboard' })).status, 200)
  await server.refused(403, 'cross_origin', 'DELETE', `/api/keys/${key.id}`, undefined, { token: null, cookie: options.cookie, headers: { 'x-keyledger': 'dashboard' } })
})

test('the prefix of keys and the interval of the sync can be changed', async () => {
  const before = await server.expect(200, 'GET', '/api/settings')
  assert.deepEqual([before.key_prefix, before.sync_interval_seconds], ['urt_', 900])
  const changed = await server.expect(200, 'PUT', '/api/settings', { key_prefix: 'shop_', sync_interval_seconds: 3600 })
  assert.deepEqual([changed.key_prefix, changed.sync_interval_seconds], ['shop_', 3600])
  const issued = await server.expect(201, 'POST', '/api/customer-keys', { name: 'Prefix' })
  assert.ok(issued.key.startsWith('shop_'), issued.hint)
  assert.match((await server.get('/docs', { token: null })).body, /shop_/)
  await server.refused(400, 'malformed_prefix', 'PUT', '/api/settings', { key_prefix: 'Shop' }, { field: 'key_prefix' })
  await server.refused(400, 'out_of_range', 'PUT', '/api/settings', { sync_interval_seconds: 59 }, { field: 'sync_interval_seconds' })
})

test('the program tells which it is, whose work is in it, and what each code means', async () => {
  const about = await server.expect(200, 'GET', '/api/about')
  assert.deepEqual([about.licence, about.data_dir], ['MIT', server.dataDir])
  const notices = await server.get('/api/notices', { token: null })
  for (const name of ['OpenSSL', 'SQLite', 'Boost', 'libsodium', 'Svelte']) assert.ok(notices.body.includes(`\n${name}: `), name)
  const { type } = (await server.refused(404, 'unknown_key', 'GET', '/api/keys/999999')).json
  const page = await server.get(type, { token: null })
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8')
  assert.ok(page.body.includes('<code>unknown_key</code>') && page.body.includes('404'))
  await server.refused(404, 'not_found', 'GET', '/problems/no_such_code', undefined, { token: null })
})
