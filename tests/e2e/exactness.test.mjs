// Limits and leases hold to the unit, however many come at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asCustomer, crowd, customerExpect, customerKey, eventsOf, standing, verify, website } from './lib/customers.mjs'
import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

const CLIENTS = 200
const count = (answers, status) => answers.filter((answer) => answer.status === status).length

/** The same call from so many connections at once. */
async function together(clients, call) {
  const agent = crowd(clients)
  try {
    return await Promise.all(Array.from({ length: clients }, (_, index) => call({ agent }, index)))
  } finally {
    agent.destroy()
  }
}

for (const left of [1, 7, 50]) {
  test(`${left} calls left and ${CLIENTS} clients at once: exactly ${left} are admitted`, async () => {
    const key = await customerKey(server, { rate_limit: left })
    const answers = await together(CLIENTS, (options) => asCustomer(server, key, 'GET', '/api/accounts/available', undefined, options))
    assert.equal(count(answers, 200), left)
    assert.equal(count(answers, 429), CLIENTS - left)
    const events = await eventsOf(server, key)
    assert.equal(events.length, CLIENTS, 'each call is one event')
    assert.equal(new Set(events.map((event) => event.id)).size, CLIENTS)
    assert.equal(events.filter((event) => event.status === 'success').length, left)
    assert.deepEqual([(await standing(server, key)).used, (await standing(server, key)).remaining], [left, 0])
  })
}

test('verify takes its units all or none', async () => {
  const key = await customerKey(server, { rate_limit: 10 })
  const answers = await together(CLIENTS, (options) => verify(server, key, { units: 3 }, options))
  assert.equal(answers.filter((answer) => answer.json.valid).length, 3)
  assert.equal((await standing(server, key)).used, 9)
  assert.equal((await verify(server, key, { units: 2 })).json.valid, false)
  assert.equal((await verify(server, key, { units: 1 })).json.valid, true)
})

test('of three limits the smallest refuses, and the others do not move', async () => {
  const site = await website(server, 3)
  const limits = [{ metric: 'requests', window: 'month', amount: 1000 }, { metric: 'rentals', window: 'day', amount: 2 }, { metric: 'rentals', window: 'at_once', amount: 5 }]
  const key = await customerKey(server, { rate_limit: 500, limits })
  const rent = () => asCustomer(server, key, 'POST', '/api/accounts/rent', { website: site.name })
  for (let number = 0; number < 2; number++) assert.equal((await rent()).status, 200)
  const before = (await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)).standings
  const answers = await together(20, rent)
  assert.equal(count(answers, 429), 20)
  const after = (await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)).standings
  assert.deepEqual(after.map(({ metric, window, used }) => [metric, window, used]), before.map(({ metric, window, used }) => [metric, window, used]))
})

test('one free account and 500 renters: exactly one gets it', { timeout: 120_000 }, async () => {
  const site = await website(server, 1)
  const keys = await Promise.all(Array.from({ length: 10 }, () => customerKey(server, { rate_limit: 0 })))
  const answers = await together(500, (options, index) => asCustomer(server, keys[index % keys.length], 'POST', '/api/accounts/rent', { website: site.name }, options))
  assert.equal(count(answers, 200), 1)
  assert.equal(count(answers, 404), 499)
  for (const answer of answers.filter((each) => each.status === 404)) {
    assert.equal(answer.json.code, 'no_available_accounts')
    assert.ok(Number(answer.headers['retry-after']) > 0, 'the next expiry is known')
  }
  const open = await server.expect(200, 'GET', `/api/rentals?status=open&website=${site.name}`)
  assert.equal(open.data.length, 1)
})

test('a rent that finds nothing gives its place among the rentals back', async () => {
  const site = await website(server, 0)
  const key = await customerKey(server, { limits: [{ metric: 'rentals', window: 'day', amount: 1 }, { metric: 'rentals', window: 'at_once', amount: 1 }] })
  for (let round = 0; round < 3; round++) assert.equal((await asCustomer(server, key, 'POST', '/api/accounts/rent', { website: site.name })).status, 404)
  assert.equal((await standing(server, key, 'rentals', 'day')).used, 0)
  assert.equal((await standing(server, key, 'rentals', 'at_once')).used, 0)
  assert.equal((await standing(server, key)).used, 3, 'the calls were made all the same')
})

test('a return is the renter\'s own, and works once', async () => {
  const site = await website(server, 1)
  const [renter, stranger] = [await customerKey(server), await customerKey(server)]
  const { account } = await customerExpect(server, renter, 200, 'POST', '/api/accounts/rent', { website: site.name })
  const back = (key, options) => asCustomer(server, key, 'POST', `/api/accounts/return/${account.id}`, undefined, options)
  assert.equal((await back(stranger)).status, 404)
  const answers = await together(50, (options) => back(renter, options))
  assert.deepEqual([count(answers, 200), count(answers, 409)], [1, 49])
  const next = await customerExpect(server, stranger, 200, 'POST', '/api/accounts/rent', { website: site.name })
  assert.equal(next.account.id, account.id, 'the same account, rented by the next')
  assert.equal((await back(renter)).status, 409, 'who had it before does not take it from its new holder')
  assert.equal((await customerExpect(server, stranger, 200, 'GET', `/api/accounts/status/${account.id}`)).account.status, 'rented')
})

test('a late return that names its rental does not end the newer one of the same customer', async () => {
  const site = await website(server, 1)
  const key = await customerKey(server)
  const rent = async () => (await customerExpect(server, key, 200, 'POST', '/api/accounts/rent', { website: site.name })).account
  const first = await rent()
  await server.expect(200, 'POST', `/api/rentals/${first.rental_id}/take-back`)
  const second = await rent()
  assert.equal(second.id, first.id)
  const late = await asCustomer(server, key, 'POST', `/api/accounts/return/${first.id}`, { rental_id: first.rental_id })
  assert.equal(late.status, 409, late.body)
  assert.equal((await customerExpect(server, key, 200, 'GET', `/api/accounts/status/${first.id}`)).account.status, 'rented')
  await customerExpect(server, key, 200, 'POST', `/api/accounts/return/${first.id}`, { rental_id: second.rental_id })
})

test('100 equal Idempotency-Keys have one effect', async () => {
  const site = await website(server, 20)
  const key = await customerKey(server, { rate_limit: 0 })
  const headers = { 'idempotency-key': 'the-same-for-all' }
  const answers = await together(100, (options) => asCustomer(server, key, 'POST', '/api/accounts/rent', { website: site.name }, { ...options, headers }))
  const rented = new Set(answers.filter((answer) => answer.status === 200).map((answer) => answer.json.account.rental_id))
  assert.equal(rented.size, 1)
  assert.equal(count(answers, 200) + count(answers, 409), 100, 'the rest hears that the first still runs')
  const open = await server.expect(200, 'GET', `/api/rentals?status=open&website=${site.name}`)
  assert.equal(open.data.length, 1)
  const verified = await together(100, (options) => verify(server, key, { units: 5 }, { ...options, headers }))
  assert.ok(verified.every((answer) => answer.status === 200 || answer.status === 409))
  assert.equal((await eventsOf(server, key)).filter((event) => event.action === 'verify').length, 1)
})

test('the first request after a revocation is refused, and none is admitted later', async () => {
  const key = await customerKey(server, { rate_limit: 0 })
  const agent = crowd(16)
  const seen = []
  let over = false
  const worker = async () => {
    while (!over) {
      const sent = performance.now()
      const answer = await asCustomer(server, key, 'GET', '/api/accounts/available', undefined, { agent })
      seen.push({ sent, status: answer.status, code: answer.json.code })
    }
  }
  const workers = Array.from({ length: 16 }, worker)
  await new Promise((later) => setTimeout(later, 150))
  await server.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)
  const revoked = performance.now()
  await new Promise((later) => setTimeout(later, 150))
  over = true
  await Promise.all(workers)
  agent.destroy()
  assert.ok(seen.some((each) => each.status === 200), 'there was load before')
  const later = seen.filter((each) => each.sent >= revoked)
  assert.ok(later.length > 16)
  assert.deepEqual([...new Set(later.map((each) => `${each.status} ${each.code}`))], ['401 key_revoked'])
})

