// The seller's lists: order, pages, search, counts, files, and what tells that they have changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { customerExpect, customerKey, verify, website } from './lib/customers.mjs'
import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

const get = (target) => server.expect(200, 'GET', target)

/** The whole list, page by page. */
async function rows(target, limit) {
  const all = []
  for (let cursor = ''; cursor !== null;) {
    const page = await get(`${target}${target.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`)
    all.push(...page.data)
    cursor = page.next_cursor
  }
  return all
}

/** The lines of a file, without its headings. */
async function file(target) {
  const answer = await server.get(target)
  assert.equal(answer.status, 200, answer.body.slice(0, 300))
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(answer.headers['content-disposition'], /^attachment; filename="[a-z-]+\.csv"$/)
  const lines = answer.body.split('\r\n').filter(Boolean)
  return { headings: lines[0].split(','), lines: lines.slice(1), name: answer.headers['content-disposition'] }
}

const LISTS = {
  '/api/customers': ['name', 'email', 'created_at', 'keys', 'calls', 'last_used'],
  '/api/customer-keys': ['name', 'customer', 'created_at', 'last_used', 'used_today', 'expires_at', 'status'],
  '/api/websites': ['name', 'validity_hours', 'accounts', 'free'],
  '/api/rental-accounts': ['website', 'username', 'status', 'last_reset', 'rested_since'],
  '/api/rentals': ['rented_at', 'expires_at', 'website', 'customer']
}

test('each list comes page by page, whole and without repeats, in each of its orders', async () => {
  const sites = [await website(server, 3), await website(server, 2, { validity_hours: 48 })]
  const keys = []
  for (let number = 0; number < 5; number++) keys.push(await customerKey(server, { rate_limit: number % 2 === 0 ? 0 : 10, ...(number === 2 && { expires_at: '2099-01-01T00:00:00Z' }) }))
  for (const [number, key] of keys.entries()) for (let call = 0; call < number % 3; call++) assert.equal((await verify(server, key)).status, 200)
  for (const key of keys.slice(0, 3)) await customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: sites[0].name })
  await server.expect(200, 'POST', `/api/customer-keys/${keys[4].id}/revoke`)

  for (const [path, words] of Object.entries(LISTS)) {
    for (const word of words) {
      for (const order of ['asc', 'desc']) {
        const target = `${path}?sort=${word}&order=${order}`
        const whole = await get(`${target}&limit=500`)
        const ids = whole.data.map((row) => row.id)
        assert.equal(whole.next_cursor, null)
        assert.deepEqual([whole.count, whole.all_count, new Set(ids).size], [ids.length, ids.length, ids.length], target)
        assert.deepEqual((await rows(target, 2)).map((row) => row.id), ids, target)
        const { lines } = await file(`${path}.csv?sort=${word}&order=${order}`)
        assert.deepEqual(lines.map((line) => Number(line.split(',')[0])), ids, `${path}.csv?sort=${word}&order=${order}`)
      }
    }
  }
})

test('keys by what they used today, the limited and the unlimited alike', async () => {
  const { id: customer_id } = await server.expect(201, 'POST', '/api/customers', { name: 'Busy Works' })
  const made = []
  for (const [name, rate_limit, calls] of [['few', 10, 1], ['many', 0, 5], ['some', 10, 3], ['none', 0, 0]]) {
    const key = await customerKey(server, { name, rate_limit, customer_id })
    for (let call = 0; call < calls; call++) await verify(server, key)
    made.push(key)
  }
  const { data, count } = await get(`/api/customer-keys?customer_id=${customer_id}&sort=used_today`)
  assert.deepEqual(data.map((key) => [key.name, key.used_today, key.limit_today, key.remaining_today]), [['many', 5, null, null], ['some', 3, 10, 7], ['few', 1, 10, 9], ['none', 0, null, null]])
  assert.equal(count, 4)
  const one = await get(`/api/customers/${customer_id}`)
  assert.deepEqual([one.key_count, one.active_key_count, one.calls, one.refused], [4, 4, 9, 0])
  assert.ok(one.last_used_at)
  assert.equal((await get('/api/customers?sort=calls')).data[0].id, customer_id)
  await server.expect(200, 'PUT', `/api/customers/${customer_id}`, { suspended: true })
  assert.ok((await get(`/api/customer-keys/${made[0].id}`)).customer_suspended)
})

test('a cursor is of one list, one order and one set of filters', async () => {
  const { next_cursor: cursor } = await get('/api/customer-keys?sort=name&limit=1')
  assert.ok(cursor)
  await get(`/api/customer-keys?sort=name&limit=3&cursor=${cursor}`)
  for (const target of ['/api/customer-keys?', '/api/customer-keys?sort=created_at&', '/api/customer-keys?sort=name&order=desc&', '/api/customer-keys?sort=name&status=active&', '/api/customers?sort=name&']) {
    await server.refused(400, 'malformed_cursor', 'GET', `${target}cursor=${cursor}`, undefined, { field: 'cursor' })
  }
  for (const path of Object.keys(LISTS)) {
    await server.refused(400, 'unknown_value', 'GET', `${path}?sort=colour`, undefined, { field: 'sort' })
    await server.refused(400, 'unknown_value', 'GET', `${path}.csv?order=up`, undefined, { field: 'order' })
    await server.refused(400, 'unknown_parameter', 'GET', `${path}.csv?limit=3`)
    await server.refused(401, 'unauthenticated', 'GET', `${path}.csv`, undefined, { token: null })
  }
  await server.refused(400, 'unknown_parameter', 'GET', '/api/activity?sort=at')
})

test('accounts are counted by state, whatever state is looked at', async () => {
  const site = await website(server, 3)
  const key = await customerKey(server)
  await customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: site.name })
  await server.expect(200, 'POST', `/api/rental-accounts/${site.accounts[2].id}/exception`, { reason: 'locked' })
  const free = await get(`/api/rental-accounts?website=${site.name}&status=available`)
  assert.deepEqual(free.status_counts, { available: 1, rented: 1, needs_rotation: 0, exception: 1 })
  assert.equal(free.count, 1)
  assert.ok(free.data[0].rested_since)
  const { data: [rented] } = await get(`/api/rental-accounts?website=${site.name}&status=rented`)
  assert.equal(rented.rested_since, null)
  const { data: [shown] } = await get(`/api/websites?q=${site.name}`)
  assert.deepEqual([shown.account_count, shown.free_count], [3, 1])
  assert.equal((await get(`/api/rentals?status=open&q=${site.name}`)).count, 1)
})

test('activity is found by account, by answer and by address, and comes as a file', async () => {
  const site = await website(server, 1)
  const key = await customerKey(server, { name: '=cmd' })
  const { account } = await customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: site.name })
  await customerExpect(server, key, 404, 'POST', '/api/accounts/rent', { website: site.name })
  const of = async (query) => (await get(`/api/activity?key_id=${key.id}&${query}`)).data.map((line) => [line.action, line.http_status])
  assert.deepEqual(await of(`account_id=${account.id}`), [['rent', 200]])
  assert.deepEqual(await of('http_status=404'), [['rent', 404]])
  assert.equal((await of('ip=127.0.0.1')).length, 2)
  assert.equal((await of('ip=192.0.2.0/24')).length, 0)
  const page = await get(`/api/customer-keys/${key.id}/activity?http_status=404`)
  assert.deepEqual([page.count, page.all_count], [null, 2])
  assert.equal((await get(`/api/activity?key_id=${key.id}`)).count, 2)
  const { headings, lines } = await file(`/api/customer-keys/${key.id}/activity.csv?http_status=200`)
  assert.deepEqual(headings.slice(0, 4), ['id', 'at', 'key', 'key_hint'])
  assert.equal(lines.length, 1)
  assert.ok(lines[0].includes("'=cmd"), 'a spreadsheet would take the name for a formula')
})

test('a file has no secret in it', async () => {
  const key = await customerKey(server)
  const site = await website(server, 1)
  for (const path of [...Object.keys(LISTS), '/api/activity']) {
    const { body } = await server.get(`${path}.csv`)
    assert.ok(!body.includes(key.key) && !body.includes('secret 1'), path)
  }
  assert.ok((await file('/api/rental-accounts.csv')).lines.some((line) => line.includes(site.name)))
})
