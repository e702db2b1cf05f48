// What customers call most is answered by a shorter way than the rest. Nobody can tell: the same bytes, the same ledger, the same limits.
import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'

import { customerKey, eventsOf, website } from './lib/customers.mjs'
import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

/** Requests sent in one piece over one connection, and the answers to them. */
async function exchange(...requests) {
  const socket = net.connect(server.port, server.host ?? '127.0.0.1')
  let text = ''
  const answers = []
  await new Promise((done, failed) => {
    socket.setEncoding('latin1').on('error', failed).on('close', done).on('data', (piece) => {
      text += piece
      for (;;) {
        const end = text.indexOf('\r\n\r\n')
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
        if (end < 0 || text.length < end + 4 + length) break
        const [line, ...fields] = text.slice(0, end).split('\r\n')
        answers.push({ status: Number(line.split(' ')[1]), names: fields.map((field) => field.slice(0, field.indexOf(':'))), headers: Object.fromEntries(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 2)])), body: text.slice(end + 4, end + 4 + length) })
        text = text.slice(end + 4 + length)
      }
      if (answers.length === requests.length) socket.destroy()
    })
    socket.write(requests.join(''))
  })
  return answers
}

const get = (target, key, ...more) => [`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, `X-API-Key: ${key}`, ...more, '', ''].join('\r\n')

test('the short way and the long way answer the same', async () => {
  const site = await website(server, 2)
  for (const target of ['/api/forward-auth', '/api/forward-auth?action=read', '/api/accounts/available', `/api/accounts/available?website=${site.name}&limit=1`]) {
    const key = await customerKey(server)
    // A length of nothing means nothing, but is out of the ordinary.
    const [short, long, again] = await exchange(get(target, key.key, 'X-Original-URI: /things/7'), get(target, key.key, 'X-Original-URI: /things/7', 'Content-Length: 0'), get(target, key.key, 'X-Original-URI: /things/7'))
    for (const answer of [long, again]) {
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.names, short.names)
      const changing = new Set(['date', 'ratelimit', 'x-ratelimit-remaining'])
      for (const [name, value] of Object.entries(short.headers)) if (!changing.has(name)) assert.equal(answer.headers[name], value, name)
      assert.equal(answer.body.replace(/"timestamp":"[^"]+"/, ''), short.body.replace(/"timestamp":"[^"]+"/, ''))
    }
    assert.deepEqual([short, long, again].map((answer) => answer.headers['x-ratelimit-remaining']), ['99', '98', '97'])
    const events = await eventsOf(server, key)
    assert.equal(events.length, 3)
    const facts = (event) => ({ ...event, id: 0, at: '', timestamp: '', duration_ms: 0, duration_micros: 0 })
    assert.deepEqual(facts(events[1]), facts(events[0]))
    assert.deepEqual(facts(events[2]), facts(events[0]))
  }
})

test('both ways share one limit, to the call', async () => {
  const key = await customerKey(server, { rate_limit: 30 })
  const connections = Array.from({ length: 20 }, (_, number) => exchange(...Array.from({ length: 4 }, (__, turn) => get('/api/forward-auth', key.key, ...((number + turn) % 2 ? [] : ['Content-Length: 0'])))))
  const statuses = (await Promise.all(connections)).flat().map((answer) => answer.status)
  assert.equal(statuses.length, 80)
  assert.equal(statuses.filter((status) => status === 200).length, 30)
  assert.equal(statuses.filter((status) => status === 429).length, 50)
})

test('a refusal in between does not end the connection', async () => {
  const key = await customerKey(server)
  const answers = await exchange(get('/api/forward-auth', key.key), get('/api/forward-auth', 'urt_unknown'), get('/api/forward-auth', key.key), get('/api/health', key.key), get('/api/forward-auth', key.key))
  assert.deepEqual(answers.map((answer) => answer.status), [200, 401, 200, 200, 200])
})

test('an unknown host is refused there, too', async () => {
  const key = await customerKey(server)
  const [answer] = await exchange(get('/api/forward-auth', key.key).replace(/Host: .*/, 'Host: elsewhere.example'))
  assert.equal(answer.status, 421)
})
