// What customers' programs called: activity, sums, the proof that the ledger is whole, and for how long calls are kept.
import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'

import { customerExpect, customerKey, eventsOf, verify, website } from './lib/customers.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

let server
serverForThisFile((made) => (server = made))

/** Every line of a list, page by page. */
async function lines(target, limit = 500) {
  const all = []
  for (let cursor = ''; cursor !== null;) {
    const page = await server.expect(200, 'GET', `${target}${target.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`)
    all.push(...page.data)
    cursor = page.next_cursor
  }
  return all
}

/** A customer who has listed, rented, looked and returned, and was refused once. */
async function busyCustomer() {
  const site = await website(server)
  const key = await customerKey(server, { rate_limit: 4 })
  const call = (status, method, target, body) => customerExpect(server, key, status, method, target, body)
  await call(200, 'GET', `/api/accounts/available?website=${site.name}`)
  const { account } = await call(200, 'POST', '/api/accounts/rent', { website: site.name })
  await call(200, 'GET', `/api/accounts/status/${account.id}`)
  await call(200, 'POST', `/api/accounts/return/${account.id}`)
  await call(429, 'GET', `/api/accounts/available?website=${site.name}`)
  return { site, key, account }
}

test('every call is a line of activity, newest first', async () => {
  const { site, key, account } = await busyCustomer()
  const events = (await eventsOf(server, key)).reverse()
  assert.deepEqual(events.map((event) => [event.action, event.status, event.http_status]), [
    ['list', 'rate_limited', 429], ['return', 'success', 200], ['check', 'success', 200], ['rent', 'success', 200], ['list', 'success', 200]])
  const rent = events[3]
  assert.equal(rent.key_hint, key.hint ?? rent.key_hint)
  assert.equal(rent.customer_key_id, key.id)
  assert.equal(rent.website, site.name)
  assert.equal(rent.account_id, account.id)
  assert.equal(rent.account_username, account.username)
  assert.equal(rent.ip_address, '127.0.0.1')
  assert.ok(rent.duration_ms > 0)
  const ofCustomer = await lines(`/api/activity?customer_id=${rent.customer_id}`, 2)
  assert.deepEqual(ofCustomer.map((line) => line.id), events.map((line) => line.id))
  const filtered = await lines(`/api/activity?key_id=${key.id}&action=list&status=rate_limited`)
  assert.deepEqual(filtered.map((line) => line.id), [events[0].id])
  assert.deepEqual((await lines(`/api/activity?website=${site.name}&action=rent`)).map((line) => line.id), [rent.id])
  assert.deepEqual(await lines(`/api/customer-keys/${key.id}/activity?to=2020-01-01T00:00:00Z`), [])
  assert.equal((await lines('/api/activity', 3)).filter((line) => line.customer_key_id === key.id).length, 5)
})

test('sums of a key and of all', async () => {
  const { site, key } = await busyCustomer()
  const stats = await server.expect(200, 'GET', `/api/customer-keys/${key.id}/stats?days=7`)
  assert.deepEqual([stats.total_requests, stats.succeeded, stats.failed, stats.refused], [4, 4, 0, 1])
  assert.deepEqual([stats.rentals, stats.returns, stats.unique_accounts, stats.success_rate, stats.period_days], [1, 1, 1, '100.0', 7])
  assert.deepEqual(stats.websites_used, [site.name])
  assert.equal(stats.days.length, 7)
  assert.equal(stats.days.reduce((sum, day) => sum + day.admitted, 0), 4)
  assert.equal(stats.outcomes.length, 5)
  const all = await server.expect(200, 'GET', '/api/stats')
  assert.equal(all.period_days, 30)
  assert.ok(all.total_requests >= 4 && all.rentals >= 1)
  const own = await server.expect(200, 'GET', `/api/stats?days=2&customer_id=${key.customer_id}`)
  assert.deepEqual([own.total_requests, own.refused, own.refused_share, own.period_days], [4, 1, 200, 2])
  const today = own.days.at(-1)
  assert.deepEqual([today.success, today.error, today.rate_limited, today.unknown_or_revoked, today.other_refused, today.total], [4, 0, 1, 0, 0, 5])
  assert.deepEqual([own.previous.total_requests, own.changes.total_requests, own.open_rentals], [0, null, 0])
  assert.deepEqual(own.key_counts, { total: 1, active: 1, expired: 0, revoked: 0, suspended: 0 })
})

test('a page is neither repeated nor lost while calls come in', async () => {
  const key = await customerKey(server, { rate_limit: 0 })
  for (let call = 0; call < 12; call++) assert.equal((await verify(server, key, { action: 'probe' })).status, 200)
  const seen = []
  for (let cursor = ''; cursor !== null;) {
    const page = await server.expect(200, 'GET', `/api/customer-keys/${key.id}/activity?limit=5${cursor && `&cursor=${cursor}`}`)
    seen.push(...page.data.map((line) => line.id))
    cursor = page.next_cursor
    await verify(server, key, { action: 'probe' })
  }
  assert.equal(seen.length, 12)
  assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => b - a))
})

test('what is asked wrongly is refused with its reason', async () => {
  const key = await customerKey(server)
  for (let call = 0; call < 2; call++) await verify(server, key)
  const { next_cursor: cursor } = await server.expect(200, 'GET', `/api/customer-keys/${key.id}/activity?limit=1`)
  const refused = (status, code, target, field) => server.refused(status, code, 'GET', target, undefined, { field })
  await refused(404, 'unknown_customer_key', '/api/customer-keys/999999/activity')
  await refused(404, 'unknown_customer_key', '/api/customer-keys/999999/stats')
  await refused(404, 'unknown_customer_key', '/api/activity?key_id=999999')
  await refused(404, 'unknown_customer', '/api/activity?customer_id=999999')
  await refused(404, 'unknown_website', '/api/activity?website=nowhere.example')
  await refused(400, 'malformed_id', '/api/customer-keys/x/activity')
  await refused(400, 'malformed_id', '/api/activity?key_id=0', 'key_id')
  await refused(400, 'malformed_cursor', '/api/activity?cursor=abc', 'cursor')
  await refused(400, 'malformed_cursor', `/api/activity?cursor=${cursor}`, 'cursor')
  await refused(400, 'unknown_value', '/api/activity?status=fine', 'status')
  await refused(400, 'malformed_time', '/api/activity?from=yesterday', 'from')
  await refused(400, 'range_reversed', '/api/activity?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'from')
  await refused(400, 'out_of_range', '/api/activity?limit=501', 'limit')
  await refused(400, 'too_long', `/api/activity?action=${'a'.repeat(201)}`, 'action')
  await refused(400, 'out_of_range', '/api/activity?http_status=99', 'http_status')
  await refused(400, 'out_of_range', '/api/activity?http_status=600', 'http_status')
  await refused(400, 'malformed_cidr', '/api/activity?ip=192.0.2.7/24', 'ip')
  await refused(400, 'malformed_id', '/api/activity?account_id=x', 'account_id')
  for (const days of ['-1', '0', '367', '1.5', 'x', '']) await refused(400, 'out_of_range', `/api/customer-keys/${key.id}/stats?days=${days}`, 'days')
  for (const days of ['-1', '0', '1099', '1.5', 'x', '']) await refused(400, 'invalid_days', `/api/stats?days=${days}`, 'days')
  await refused(400, 'malformed_day', '/api/stats?from=2026-02-30&to=2026-03-01', 'from')
  await refused(400, 'range_incomplete', '/api/stats?from=2026-02-01', 'to')
  await refused(400, 'range_reversed', '/api/stats?from=2026-02-02&to=2026-02-01', 'from')
  await refused(400, 'range_too_long', '/api/stats?from=1926-01-01&to=2026-01-01', 'from')
  await refused(404, 'unknown_customer', '/api/stats?customer_id=999999')
  await refused(400, 'unknown_parameter', '/api/ledger/stats?days=1')
  for (const target of ['/api/activity', '/api/stats', '/api/ledger/stats', '/api/ledger/verify', `/api/customer-keys/${key.id}/stats`]) {
    await server.refused(401, 'unauthenticated', 'GET', target, undefined, { token: null })
    await server.refused(401, 'unauthenticated', 'GET', target, undefined, { token: key.key })
  }
})

test('the commands show the same', async () => {
  const { key } = await busyCustomer()
  const activity = await server.run(['activity', '--key', String(key.id), '--limit', '3', '--json'])
  assert.equal(activity.code, 0, activity.stderr)
  assert.deepEqual(JSON.parse(activity.stdout).data.map((line) => line.action), ['list', 'return', 'check'])
  const csv = await server.run(['activity', '--key', String(key.id), '--status', 'rate_limited', '--csv'])
  assert.match(csv.stdout, /^id,at,key_name,/)
  assert.equal(csv.stdout.trim().split('\r\n').length, 2)
  assert.match((await server.run(['activity', '--action', 'rent'])).stdout, /rent/)
  assert.equal((await server.run(['activity', '--key', '999999'])).code, 3)
  assert.equal((await server.run(['activity', '--key', 'x'])).code, 2)
  const stats = await server.run(['ledger', 'stats', '--json'])
  assert.equal(stats.code, 0, stats.stderr)
  assert.ok(JSON.parse(stats.stdout).events >= 5)
  const verified = await server.run(['ledger', 'verify'])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
})

test('how long calls are kept is a setting', async () => {
  assert.equal((await server.expect(200, 'GET', '/api/settings')).retention_months, 0)
  assert.equal((await server.expect(200, 'PUT', '/api/settings', { retention_months: 24 })).retention_months, 24)
  await server.refused(400, 'out_of_range', 'PUT', '/api/settings', { retention_months: -1 }, { field: 'retention_months' })
  await server.refused(400, 'wrong_type', 'PUT', '/api/settings', { retention_months: '3' }, { field: 'retention_months' })
  const changed = await server.run(['settings', 'change', '--retention-months', '0', '--json'])
  assert.equal(changed.code, 0, changed.stderr)
  assert.equal(JSON.parse(changed.stdout).retention_months, 0)
  assert.equal((await server.run(['settings', 'change'])).code, 2)
})

test('a ledger that somebody has changed is told from one that nobody has', async (t) => {
  const own = await Server.start(t)
  const key = await customerKey(own, { rate_limit: 0 })
  for (let call = 0; call < 20; call++) await verify(own, key)
  await own.stop()
  const whole = await own.run(['ledger', 'verify', '--json'])
  assert.equal(whole.code, 0, whole.stdout + whole.stderr)
  assert.equal(JSON.parse(whole.stdout).events, 20)
  const file = path.join(own.dataDir, 'keyledger.db')
  sqlite(file, 'UPDATE ledger_hours SET events = events + 1')
  const counted = await own.run(['ledger', 'verify', '--json'])
  assert.equal(counted.code, 5)
  assert.deepEqual([JSON.parse(counted.stdout).whole, JSON.parse(counted.stdout).rollups_agree], [true, false])
  sqlite(file, 'DELETE FROM usage_events WHERE id = 7')
  const broken = await own.run(['ledger', 'verify', '--json'])
  assert.equal(broken.code, 5)
  assert.deepEqual([JSON.parse(broken.stdout).whole, JSON.parse(broken.stdout).broken_at], [false, 7])
})
