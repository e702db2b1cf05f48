// What a seller and his customers do: keys handed out, calls made with them, accounts rented.
import assert from 'node:assert/strict'
import http from 'node:http'

/** Makes a customer key: {id, key, customer_id, ...}. The name has to be new for a new customer. */
export async function customerKey(server, more = {}) {
  return server.expect(201, 'POST', '/api/customer-keys', { name: `customer ${Math.random().toString(36).slice(2)}`, ...more })
}

/** A website with so many accounts to rent. */
export async function website(server, accounts = 1, more = {}) {
  const site = await server.expect(201, 'POST', '/api/websites', { name: `site-${Math.random().toString(36).slice(2)}`, validity_hours: 24, ...more })
  site.accounts = []
  for (let number = 1; number <= accounts; number++) {
    site.accounts.push(await server.expect(201, 'POST', '/api/rental-accounts', { website: site.name, username: `user${number}`, password: `secret ${number}`, email: `user${number}@example.com` }))
  }
  return site
}

/** One call with a customer key, as the customer's own program makes it. */
export function asCustomer(server, key, method, target, body, options = {}) {
  return server.call(method, target, { body, token: null, ...options, headers: { 'x-api-key': key.key ?? key, ...options.headers } })
}

/** Fails unless the call answers so; gives the JSON. */
export async function customerExpect(server, key, status, method, target, body, options) {
  const answer = await asCustomer(server, key, method, target, body, options)
  assert.equal(answer.status, status, `${method} ${target} answers ${answer.status}: ${answer.body.slice(0, 500)}`)
  return answer.json
}

/** Verifies a key as another API of the seller does. */
export const verify = (server, key, more = {}, options = {}) => server.call('POST', '/api/verify', { body: { key: key.key ?? key, ...more }, ...options })

/** An agent that really opens that many connections at once. */
export const crowd = (connections) => new http.Agent({ keepAlive: true, maxSockets: connections })

/** Every usage event of a key, oldest first. */
export async function eventsOf(server, key, after = 0) {
  const events = []
  for (let cursor = ''; cursor !== null;) {
    const page = await server.expect(200, 'GET', `/api/customer-keys/${key.id}/activity?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    events.push(...page.data)
    cursor = page.data.some((event) => event.id <= after) ? null : page.next_cursor
  }
  return events.filter((event) => event.id > after).reverse()
}

/** Where a limit of the key stands: {amount, used, remaining, resets_at}. */
export async function standing(server, key, metric = 'requests', window = 'day') {
  const shown = await server.expect(200, 'GET', `/api/customer-keys/${key.id}`)
  return shown.standings.find((each) => each.metric === metric && each.window === window)
}
