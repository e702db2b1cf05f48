// Other programs that are told what has happened: receivers that verify, fail, hang, answer late and go away.
import assert from 'node:assert/strict'
import http from 'node:http'
import path from 'node:path'
import { test } from 'node:test'

import { Webhook } from 'standardwebhooks'

import { asCustomer, customerKey } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

const ALLOWED = { args: ['--allow-private-addresses'] }
const PAYLOAD = { key_id: 'number', key_name: 'string', hint: 'string', customer_id: 'number', customer_name: 'string', customer_email: 'string', revoked_at: 'string' }

let server
serverForThisFile((started) => (server = started), ALLOWED)

/** Somebody else's program: notes every request, and answers as `behave` says: a status, or nothing for never. */
class Receiver {
  constructor(context) {
    Object.assign(this, { requests: [], behave: () => 204, secret: null })
    this.http = http.createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (piece) => (body += piece)).on('end', async () => {
        const seen = { method: request.method, path: request.url, headers: request.headers, body, json: JSON.parse(body) }
        this.requests.push(seen)
        const status = await this.behave(seen, this.requests.length)
        if (status) response.writeHead(status).end('thank you')
      })
    })
    context.after(() => {
      this.http.closeAllConnections()
      this.http.close()
    })
  }

  /** Listens, and is an endpoint of the server from then on. */
  static async start(context, topics = [], at = server) {
    const receiver = new Receiver(context)
    await new Promise((ready) => receiver.http.listen(0, '127.0.0.1', ready))
    receiver.url = `http://127.0.0.1:${receiver.http.address().port}/hook?from=keyledger`
    const made = await at.expect(201, 'POST', '/api/webhooks', { url: receiver.url, topics })
    context.after(() => at.call('DELETE', `/api/webhooks/${made.id}`).catch(() => {}))
    Object.assign(receiver, { id: made.id, secret: made.secret, made })
    return receiver
  }

  /** Waits for so many requests, and holds each to the specification. */
  async got(count, seconds = 15) {
    await until(() => this.requests.length >= count, { seconds, every: 10, what: `${count} messages (there are ${this.requests.length})` })
    for (const request of this.requests) new Webhook(this.secret).verify(request.body, request.headers)
    return this.requests
  }
}

const deliveries = async (receiver, query = '', at = server) => (await at.expect(200, 'GET', `/api/webhooks/${receiver.id}/deliveries${query}`)).data
const settled = (receiver, state, at = server) => until(async () => {
  const [newest] = await deliveries(receiver, '', at)
  return newest?.state === state && newest
}, { seconds: 25, what: `a delivery that is ${state}` })

async function revokeKey(at = server) {
  const key = await customerKey(at)
  await at.expect(200, 'POST', `/api/customer-keys/${key.id}/revoke`)
  return key
}

test('a revoked key is told at once, signed so that the standard package verifies it', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  assert.match(receiver.secret, /^whsec_/)
  const key = await revokeKey()
  const [request] = await receiver.got(1)
  assert.deepEqual([request.method, request.path, request.headers['content-type']], ['POST', '/hook?from=keyledger', 'application/json'])
  assert.match(request.headers['user-agent'], /^keyledger\//)
  assert.deepEqual(Object.keys(request.json), ['type', 'timestamp', 'data'])
  assert.equal(request.json.type, 'key.revoked')
  assert.deepEqual(Object.fromEntries(Object.entries(request.json.data).map(([name, value]) => [name, typeof value])), PAYLOAD)
  assert.deepEqual([request.json.data.key_id, request.json.data.customer_id, request.json.data.customer_name], [key.id, key.customer_id, key.customer_name])
  assert.ok(!request.body.includes(key.key))

  const delivered = await settled(receiver, 'delivered')
  assert.deepEqual([delivered.message_id, delivered.topic, delivered.attempts, delivered.last_status, delivered.last_error, delivered.next_attempt_at, delivered.payload], [request.headers['webhook-id'], 'key.revoked', 1, 204, '', null, request.body])
  const shown = await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`)
  assert.equal(shown.last_delivered_at, delivered.delivered_at)
  assert.equal(shown.secret, undefined, 'the secret is shown once')
  assert.throws(() => new Webhook(receiver.secret).verify(`${request.body} `, request.headers), 'a changed body is noticed')
})

test('subscriptions and limits are told, a limit once however often it refuses', async (context) => {
  const receiver = await Receiver.start(context, ['limit.reached', 'subscription.changed'])
  const key = await customerKey(server, { rate_limit: 2 })
  const calls = []
  for (let i = 0; i < 6; i++) calls.push((await asCustomer(server, key, 'GET', '/api/stats/me')).status)
  assert.deepEqual(calls, [200, 200, 429, 429, 429, 429])
  const [reached] = await receiver.got(1)
  const { data } = reached.json
  assert.deepEqual([reached.json.type, data.key_id, data.customer_id, data.limit, data.metric, data.window, data.amount, data.used], ['limit.reached', key.id, key.customer_id, '2 requests a day', 'requests', 'day', 2, 2])
  assert.ok(new Date(data.resets_at) > new Date())

  const subscription = await server.expect(201, 'POST', '/api/subscriptions', { customer_id: key.customer_id, plan_id: 1 })
  await server.expect(200, 'POST', `/api/subscriptions/${subscription.id}/cancel`, { when: 'now' })
  const requests = await receiver.got(3)
  assert.deepEqual(requests.map((each) => [each.json.type, each.json.data.action]), [['limit.reached', undefined], ['subscription.changed', 'start'], ['subscription.changed', 'cancel']])
  assert.deepEqual([requests[1].json.data.subscription_id, requests[1].json.data.plan_name, requests[2].json.data.status], [subscription.id, 'Basic', 'ended'])
  assert.equal((await deliveries(receiver)).length, 3)
})

test('an invoice is told when it is final and when it is paid, with what a payment system needs', async (context) => {
  const first = await Server.start(context, ALLOWED)
  const key = await customerKey(first)
  const starts = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10)
  await first.expect(201, 'POST', '/api/subscriptions', { customer_id: key.customer_id, plan_id: 1, starts })
  const receiver = await Receiver.start(context, ['invoice.finalised', 'invoice.paid'], first)
  await first.stop()
  const second = await first.again(context) // a start drafts what is over
  const [draft] = await until(async () => {
    const { data } = await second.expect(200, 'GET', '/api/invoices')
    return data.length && data
  }, { what: 'the draft' })
  const final = await second.expect(200, 'POST', `/api/invoices/${draft.id}/finalise`)
  const paid = await second.expect(200, 'POST', `/api/invoices/${draft.id}/pay`, { note: 'by transfer' })
  const [finalised, payment] = (await receiver.got(2)).map((each) => each.json)
  assert.deepEqual([finalised.type, payment.type], ['invoice.finalised', 'invoice.paid'])
  const { data } = finalised
  assert.deepEqual([data.invoice_id, data.number, data.customer_id, data.customer_name, data.from, data.to], [draft.id, final.number, key.customer_id, key.customer_name, final.from, final.to])
  assert.deepEqual([data.net, data.tax, data.total, data.due_at], [final.net, final.tax, final.total, final.due_at])
  assert.deepEqual([payment.data.number, payment.data.paid_at, payment.data.paid_note], [final.number, paid.paid_at, 'by transfer'])
  await second.refused(409, 'already_final', 'POST', `/api/invoices/${draft.id}/finalise`)
  assert.equal((await deliveries(receiver, '', second)).length, 2, 'what was refused is not told')
})

test('a receiver that fails is told again under the same id, and once it works no more', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  receiver.behave = (_, count) => (count === 1 ? 503 : 200)
  await revokeKey()
  await receiver.got(1)
  const failed = await until(async () => (await deliveries(receiver))[0].attempts === 1 && (await deliveries(receiver))[0], { what: 'the noted attempt' })
  assert.deepEqual([failed.state, failed.last_status, failed.last_error, failed.delivered_at], ['pending', 503, 'The receiver answered 503.', null])
  assert.equal(new Date(failed.next_attempt_at) - new Date(failed.last_attempt_at), 5000)
  assert.equal((await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`)).failed_in_a_row, 1)
  const [first, second] = await receiver.got(2, 20)
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id'])
  assert.notEqual(second.headers['webhook-timestamp'], first.headers['webhook-timestamp'])
  const delivered = await settled(receiver, 'delivered')
  assert.equal(delivered.attempts, 2)
  assert.equal((await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`)).failed_in_a_row, 0)
})

test('one that never answers has fifteen seconds, one that is late is waited for, and neither holds up a third', async (context) => {
  const never = await Receiver.start(context, ['key.revoked'])
  const late = await Receiver.start(context, ['key.revoked'])
  const quick = await Receiver.start(context, ['key.revoked'])
  let answerLate
  late.behave = () => new Promise((answer) => (answerLate = () => answer(200)))
  never.behave = () => undefined
  await revokeKey()
  await revokeKey()
  await quick.got(2)
  assert.equal((await deliveries(quick)).length, 2)
  assert.deepEqual([late.requests.length, never.requests.length], [1, 1], 'one at a time to an endpoint')
  answerLate()
  await late.got(2)
  answerLate()
  await settled(late, 'delivered')
  const [, timedOut] = await until(async () => {
    const both = await deliveries(never)
    return both[1].attempts === 1 && both
  }, { seconds: 25, what: 'the end of patience' })
  assert.deepEqual([timedOut.state, timedOut.last_status], ['pending', null])
  assert.match(timedOut.last_error, /did not answer in time/)
})

test('a redirect is not followed, and 410 disables the endpoint until somebody enables it', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  receiver.behave = (_, count) => (count === 1 ? 301 : 410)
  assert.equal((await server.expect(200, 'POST', `/api/webhooks/${receiver.id}/test`)).last_error, 'The receiver answered 301.')
  await revokeKey()
  await receiver.got(2)
  const disabled = await until(async () => {
    const shown = await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`)
    return !shown.enabled && shown
  }, { what: 'the end of it' })
  assert.match(disabled.disabled_reason, /410/)
  await revokeKey()
  const [waiting, ...before] = await deliveries(receiver)
  assert.deepEqual([before.length, waiting.state], [1, 'pending'], 'what came afterwards is not queued')
  await server.refused(409, 'endpoint_disabled', 'POST', `/api/webhooks/deliveries/${waiting.id}/resend`)
  receiver.behave = () => 200
  const enabled = await server.expect(200, 'PUT', `/api/webhooks/${receiver.id}`, { enabled: true })
  assert.deepEqual([enabled.enabled, enabled.disabled_reason, enabled.failed_in_a_row], [true, '', 0])
  assert.equal((await server.expect(200, 'POST', `/api/webhooks/deliveries/${waiting.id}/resend`)).id, waiting.id, 'one that is pending is tried now')
  await settled(receiver, 'delivered')
})

test('a message is sent again by hand, and a test says how it went', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  await revokeKey()
  await receiver.got(1)
  const delivered = await settled(receiver, 'delivered')
  const again = await server.expect(200, 'POST', `/api/webhooks/deliveries/${delivered.id}/resend`)
  assert.deepEqual([again.message_id, again.attempts, again.state], [delivered.message_id, 0, 'pending'])
  assert.notEqual(again.id, delivered.id)
  const [first, second] = await receiver.got(2)
  assert.deepEqual([second.headers['webhook-id'], second.body], [first.headers['webhook-id'], first.body])

  const fine = await server.expect(200, 'POST', `/api/webhooks/${receiver.id}/test`)
  assert.deepEqual([fine.topic, fine.state, fine.last_status, JSON.parse(fine.payload).type], ['test', 'delivered', 204, 'test'])
  receiver.behave = () => 500
  const broken = await server.expect(200, 'POST', `/api/webhooks/${receiver.id}/test`)
  assert.deepEqual([broken.state, broken.next_attempt_at, broken.last_status], ['failed', null, 500], 'a test is not repeated')
  await receiver.got(4)

  const { secret } = await server.expect(200, 'POST', `/api/webhooks/${receiver.id}/secret`)
  receiver.behave = () => 200
  await server.expect(200, 'POST', `/api/webhooks/${receiver.id}/test`)
  const { body, headers } = receiver.requests.at(-1)
  new Webhook(secret).verify(body, headers)
  assert.throws(() => new Webhook(receiver.secret).verify(body, headers), 'the secret before signs nothing any more')

  const pages = []
  for (let cursor = ''; cursor !== null;) {
    const page = await server.expect(200, 'GET', `/api/webhooks/${receiver.id}/deliveries?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    pages.push(...page.data.map((each) => each.id))
    cursor = page.next_cursor
  }
  assert.deepEqual(pages, (await deliveries(receiver)).map((each) => each.id))
  assert.deepEqual(pages, pages.toSorted((a, b) => b - a))
  assert.deepEqual((await deliveries(receiver, '?state=failed')).map((each) => each.id), [broken.id])
})

/** What was acknowledged to us and what the receiver has, as ids of keys. */
async function killedBetweenQueueAndDelivery(context, harm) {
  const first = await Server.start(context, ALLOWED)
  const receiver = await Receiver.start(context, ['key.revoked'], first)
  receiver.behave = () => undefined // the first stays under way, the others wait behind it
  const revoked = []
  for (let i = 0; i < 20; i++) revoked.push((await revokeKey(first)).id)
  await receiver.got(1)
  await first.kill()
  receiver.requests.length = 0
  receiver.behave = () => 200
  if (harm) sqlite(path.join(first.dataDir, 'keyledger.db'), harm)
  const second = await first.again(context)
  await until(async () => (await deliveries(receiver, '?state=pending', second)).length === 0, { seconds: 30, what: 'the end of the queue' })
  await receiver.got(1)
  const told = new Set(receiver.requests.map((each) => each.json.data.key_id))
  return { revoked, missing: revoked.filter((id) => !told.has(id)) }
}

test('a server that is killed between queue and delivery has lost nothing', async (context) => {
  const { missing } = await killedBetweenQueueAndDelivery(context)
  assert.deepEqual(missing, [])
})

test('control: a message that is lost is noticed', async (context) => {
  const { revoked, missing } = await killedBetweenQueueAndDelivery(context, 'DELETE FROM webhook_deliveries WHERE id = (SELECT MAX(id) FROM webhook_deliveries);')
  assert.deepEqual(missing, revoked.slice(-1))
})

test('addresses of this machine and of private networks are refused, and never called', async (context) => {
  const receiver = await Receiver.start(context)
  const strict = await Server.start(context)
  const refused = [receiver.url, 'http://localhost/hook', 'https://localhost', 'https://127.1.2.3/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://10.0.0.1/', 'https://172.16.3.4/', 'https://192.168.1.1/hook', 'https://169.254.169.254/latest', 'https://[fd00::1]/', 'https://0.0.0.0/', 'https://2130706433/', 'https://0x7f.1/']
  for (const url of refused) {
    await strict.refused(400, 'private_address', 'POST', '/api/webhooks', { url }, { field: 'url' })
  }
  const { data } = await strict.expect(200, 'GET', '/api/webhooks')
  assert.deepEqual(data, [])

  const made = await strict.expect(201, 'POST', '/api/webhooks', { url: 'https://8.8.8.8/hook', topics: ['invoice.paid'] }) // and never called
  await strict.refused(400, 'private_address', 'PUT', `/api/webhooks/${made.id}`, { url: receiver.url }, { field: 'url' })

  // One that was allowed once is not called by a server that does not allow it any more.
  const lax = await Server.start(context, ALLOWED)
  const kept = await lax.expect(201, 'POST', '/api/webhooks', { url: receiver.url })
  await lax.stop()
  const later = await lax.again(context, { args: [] })
  const outcome = await later.expect(200, 'POST', `/api/webhooks/${kept.id}/test`)
  assert.deepEqual([outcome.state, outcome.last_status, receiver.requests.length], ['failed', null, 0])
  assert.match(outcome.last_error, /--allow-private-addresses/)
})

test('bad input is named, and changes nothing', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  const before = await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`)
  const url = 'https://example.com/hook'
  for (const [body, code, field] of [
    [{}, 'missing_field', 'url'], [{ url: 7 }, 'wrong_type', 'url'], [{ url, colour: 'red' }, 'unknown_field', 'colour'], [{ url: '' }, 'malformed_url', 'url'],
    [{ url: 'ftp://example.com' }, 'malformed_url', 'url'], [{ url: '/hook' }, 'malformed_url', 'url'], [{ url: 'https://' }, 'malformed_url', 'url'], [{ url: 'https://a:b@example.com/' }, 'malformed_url', 'url'],
    [{ url: 'https://example.com/#x' }, 'malformed_url', 'url'], [{ url: 'https://example.com/a b' }, 'malformed_url', 'url'], [{ url: `https://example.com/${'a'.repeat(2048)}` }, 'malformed_url', 'url'],
    [{ url: 'http://example.com/' }, 'insecure_url', 'url'], [{ url: 'http://10.0.0.1/' }, 'insecure_url', 'url'],
    [{ url, topics: ['invoice.eaten'] }, 'unknown_value', 'topics'], [{ url, topics: 'invoice.paid' }, 'wrong_type', 'topics'], [{ url, topics: Array(51).fill('invoice.paid') }, 'too_many', 'topics'], [{ url, description: 'x'.repeat(201) }, 'too_long', 'description'], [{ url, description: 'a\nb' }, 'control_characters', 'description'],
  ]) {
    await server.refused(400, code, 'POST', '/api/webhooks', body, { field })
    if (code !== 'missing_field') await server.refused(400, code, 'PUT', `/api/webhooks/${receiver.id}`, body, { field })
  }
  await server.refused(400, 'unknown_value', 'GET', `/api/webhooks/${receiver.id}/deliveries?state=lost`)
  await server.refused(400, 'malformed_cursor', 'GET', `/api/webhooks/${receiver.id}/deliveries?cursor=nonsense`)
  await server.refused(400, 'malformed_id', 'POST', '/api/webhooks/deliveries/0/resend')
  await server.refused(404, 'unknown_delivery', 'POST', '/api/webhooks/deliveries/999999/resend')
  for (const [method, path] of [['GET', ''], ['PUT', ''], ['DELETE', ''], ['POST', '/secret'], ['POST', '/test'], ['GET', '/deliveries']]) {
    await server.refused(404, 'unknown_webhook', method, `/api/webhooks/999999${path}`, method === 'PUT' ? {} : undefined)
  }
  assert.deepEqual(await server.expect(200, 'GET', `/api/webhooks/${receiver.id}`), before)

  const { data } = await server.expect(200, 'GET', '/api/webhooks')
  for (let i = data.length; i < 50; i++) await server.expect(201, 'POST', '/api/webhooks', { url: `http://127.0.0.1:1/${i}`, topics: ['invoice.paid'] })
  await server.refused(409, 'too_many_endpoints', 'POST', '/api/webhooks', { url: receiver.url })
  for (const each of (await server.expect(200, 'GET', '/api/webhooks')).data) {
    if (each.url.startsWith('http://127.0.0.1:1/')) assert.equal((await server.call('DELETE', `/api/webhooks/${each.id}`)).status, 204)
  }
})

test('an endpoint is made once under an Idempotency-Key, and a reader sees no secret', async (context) => {
  const body = { url: 'http://127.0.0.1:1/once', description: 'accounting', topics: ['invoice.paid', 'invoice.finalised', 'invoice.paid'] }
  const headers = { 'idempotency-key': `hook-${Math.random()}` }
  const made = await server.call('POST', '/api/webhooks', { body, headers })
  assert.equal(made.status, 201, made.body)
  context.after(() => server.call('DELETE', `/api/webhooks/${made.json.id}`))
  assert.equal((await server.call('POST', '/api/webhooks', { body, headers })).body, made.body)
  assert.equal(made.headers.location, `/api/webhooks/${made.json.id}`)
  assert.deepEqual(made.json.topics, ['invoice.finalised', 'invoice.paid'])
  const reader = await server.makeToken('reader', 'read')
  const listed = await server.call('GET', '/api/webhooks', { token: reader })
  assert.equal(listed.status, 200)
  assert.ok(!listed.body.includes('whsec_'))
  await server.refused(403, 'insufficient_scope', 'POST', `/api/webhooks/${made.json.id}/secret`, undefined, { token: reader })
  const { data } = await server.expect(200, 'GET', '/api/audit?action=webhooks.create')
  assert.ok(data.every((line) => !JSON.stringify(line).includes('whsec_') && !JSON.stringify(line).includes('/once')))
})

test('a signing secret stands nowhere but in the one answer', async (context) => {
  const own = await Server.start(context, { ...ALLOWED, level: 'debug' })
  const receiver = await Receiver.start(context, [], own)
  await revokeKey(own)
  await receiver.got(1)
  const { secret } = await own.expect(200, 'POST', `/api/webhooks/${receiver.id}/secret`)
  await own.expect(200, 'POST', `/api/webhooks/${receiver.id}/test`)
  await own.stop()
  const places = [['the log', own.stderr], ...[...(await own.files())].map(([name, bytes]) => [name, bytes.toString('latin1')])]
  for (const each of [receiver.secret, secret]) {
    const key = Buffer.from(each.slice('whsec_'.length), 'base64')
    for (const form of [each.slice('whsec_'.length), key.toString('latin1'), key.toString('hex')]) {
      for (const [place, text] of places) assert.ok(!text.includes(form), `a secret stands in ${place}`)
    }
  }
})

test('the command line does the same', async (context) => {
  const receiver = await Receiver.start(context, ['key.revoked'])
  const command = (...args) => server.run(['webhooks', ...args])
  const made = await command('create', '--url', receiver.url, '--topic', 'invoice.paid', '--topic', 'key.revoked', '--description', 'books', '--json')
  assert.equal(made.code, 0, made.stderr)
  const { id, topics, secret } = JSON.parse(made.stdout)
  assert.deepEqual([topics, secret.slice(0, 6)], [['invoice.paid', 'key.revoked'], 'whsec_'])
  const listed = await command('list')
  assert.match(listed.stdout, /books/)
  const tested = await command('test', String(id))
  assert.equal(tested.code, 0, tested.stdout + tested.stderr)
  receiver.behave = () => 500
  assert.notEqual((await command('test', String(id))).code, 0)
  const sent = JSON.parse((await command('deliveries', String(id), '--json')).stdout).data
  assert.deepEqual(sent.map((each) => each.state), ['failed', 'delivered'])
  assert.equal(JSON.parse((await command('deliveries', String(id), '--state', 'failed', '--json')).stdout).data.length, 1)
  receiver.behave = () => 200
  assert.equal(JSON.parse((await command('resend', String(sent[0].id), '--json')).stdout).message_id, sent[0].message_id)
  assert.deepEqual(JSON.parse((await command('update', String(id), '--disable', '--all-topics', '--json')).stdout).topics, [])
  assert.match((await command('show', String(id))).stdout, /Disabled by hand\./)
  const shown = await command('secret', String(id))
  assert.match(shown.stdout, /^whsec_/m)
  assert.equal((await command('delete', String(id))).code, 0)
  assert.notEqual((await command('show', String(id))).code, 0)
})
