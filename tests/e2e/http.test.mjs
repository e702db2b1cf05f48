// HTTP as it is on the wire: what is ambiguous is refused and the connection closed; limits hold; heads are strict.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

const host = () => `Host: 127.0.0.1:${server.port}`
const crlf = (...lines) => `${lines.join('\r\n')}\r\n\r\n`
const AMBIGUOUS = {
  'no Host': () => crlf('GET /api/health HTTP/1.1'),
  'two Hosts': () => crlf('GET /api/health HTTP/1.1', host(), host()),
  'two lengths': () => crlf('POST /api/session HTTP/1.1', host(), 'Content-Length: 2', 'Content-Length: 2') + '{}',
  'two lengths in one field': () => crlf('POST /api/session HTTP/1.1', host(), 'Content-Length: 2, 2') + '{}',
  'a signed length': () => crlf('POST /api/session HTTP/1.1', host(), 'Content-Length: +2') + '{}',
  'length and chunks': () => crlf('POST /api/session HTTP/1.1', host(), 'Content-Length: 2', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
  'an unknown coding': () => crlf('POST /api/session HTTP/1.1', host(), 'Transfer-Encoding: gzip, chunked') + '0\r\n\r\n',
  'a coding in disguise': () => crlf('POST /api/session HTTP/1.1', host(), 'Transfer-Encoding: xchunked') + '0\r\n\r\n',
  'chunked twice': () => crlf('POST /api/session HTTP/1.1', host(), 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
  'a folded field': () => crlf('GET /api/health HTTP/1.1', host(), 'X-A: one', ' two'),
  'a blank before the colon': () => crlf('GET /api/health HTTP/1.1', host(), 'X-A : one'),
  'a field without a name': () => crlf('GET /api/health HTTP/1.1', host(), ': one'),
  'bare line feeds': () => `GET /api/health HTTP/1.1\n${host()}\n\n`,
  'a bare line feed in a chunk extension': () => crlf('POST /api/session HTTP/1.1', host(), 'Transfer-Encoding: chunked') + '2;a="x\ny"\r\n{}\r\n0\r\n\r\n',
  'a chunk of no hexadecimal length': () => crlf('POST /api/session HTTP/1.1', host(), 'Content-Type: application/json', 'Transfer-Encoding: chunked') + 'zz\r\n{}\r\n0\r\n\r\n',
  'a NUL in the target': () => crlf('GET /api/\0health HTTP/1.1', host()),
  'a target without slash': () => crlf('GET api/health HTTP/1.1', host()),
  'an encoding that is cut off': () => crlf('GET /api/%4 HTTP/1.1', host()),
  'HTTP/1.2': () => crlf('GET /api/health HTTP/1.2', host()),
  'no HTTP at all': () => 'hello\r\n\r\n',
}

for (const [name, bytes] of Object.entries(AMBIGUOUS)) {
  test(`${name}: refused with 400, and the connection closed`, async () => {
    const answer = await server.raw(`${bytes()}${crlf('GET /api/health HTTP/1.1', host())}`, { quiet: 1500 })
    assert.ok([400, 505].includes(answer.status), answer.text.slice(0, 300))
    assert.ok(answer.closed, 'the connection is closed')
    assert.equal(answer.text.match(/^HTTP\/1\.1 /gm).length, 1, 'what follows is not answered')
    assert.match(answer.text, /application\/problem\+json/)
  })
}

test('a Host that names another site is refused', async () => {
  for (const name of ['evil.example', `evil.example:${server.port}`, `127.0.0.1.evil.example:${server.port}`]) {
    const answer = await server.raw(crlf('GET /api/health HTTP/1.1', `Host: ${name}`, 'Connection: close'))
    assert.equal(answer.status, 421, name)
    assert.match(answer.text, /unknown_host/)
  }
  for (const name of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, `LOCALHOST:${server.port}`]) {
    assert.equal((await server.raw(crlf('GET /api/health HTTP/1.1', `Host: ${name}`, 'Connection: close'))).status, 200, name)
  }
})

test('requests in a row are answered in order on one connection', async () => {
  const one = crlf('GET /api/health HTTP/1.1', host())
  const missing = crlf('GET /api/nothing HTTP/1.1', host())
  const answer = await server.raw(one + missing + one)
  assert.deepEqual([...answer.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((each) => each[1]), ['200', '404', '200'])
  assert.equal(answer.closed, false)
})

test('HEAD has the fields of GET and no body', async () => {
  const get = await server.call('GET', '/api/health')
  const head = await server.call('HEAD', '/api/health')
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', get.headers['content-length']])
})

test('a chunked body is taken, and Expect: 100-continue is answered', async () => {
  const body = JSON.stringify({ email: 'chunks@example.com' })
  const head = ['POST /api/accounts HTTP/1.1', host(), `Authorization: Bearer ${server.token}`, 'Content-Type: application/json']
  const chunked = await server.raw(`${crlf(...head, 'Transfer-Encoding: chunked')}${(5).toString(16)}\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)};x=y\r\n${body.slice(5)}\r\n0\r\n\r\n`)
  assert.equal(chunked.status, 201, chunked.text)
  const expected = await server.raw(`${crlf(...head, `Content-Length: ${body.length}`, 'Expect: 100-continue')}`)
  assert.equal(expected.status, 100, expected.text)
})

test('each wrong request has its status', async () => {
  await server.refused(404, 'not_found', 'GET', '/api/nothing')
  const wrongMethod = await server.refused(405, 'method_not_allowed', 'PUT', '/api/keys', {})
  assert.match(wrongMethod.headers.allow, /GET/)
  assert.match(wrongMethod.headers.allow, /POST/)
  await server.refused(413, 'body_too_large', 'POST', '/api/accounts', { email: 'x'.repeat(2 << 20) })
  await server.refused(414, 'target_too_large', 'GET', `/api/accounts?q=${'x'.repeat(9000)}`)
  await server.refused(415, 'unsupported_media_type', 'POST', '/api/accounts', { email: 'a@example.com' }, { headers: { 'content-type': 'text/plain' } })
  await server.refused(431, 'header_too_large', 'GET', '/api/health', undefined, { headers: { 'x-long': 'x'.repeat(33 << 10) } })
  const tooLong = await server.raw(crlf('POST /api/accounts HTTP/1.1', host(), `Authorization: Bearer ${server.token}`, 'Content-Type: application/json', 'Content-Length: 1048577', 'Expect: 100-continue'))
  assert.equal(tooLong.status, 413, 'refused before the body is sent')
})

test('every answer carries the security headers, errors too', async () => {
  for (const target of ['/', '/api/health', '/api/docs', '/api/nothing', '/api/keys']) {
    const answer = await server.call('GET', target, { token: null })
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', target)
    assert.match(answer.headers['content-security-policy'], /default-src|frame-ancestors/, target)
    assert.ok(answer.headers['referrer-policy'], target)
    assert.equal(answer.headers.server?.match(/\d/), undefined, 'no version is told')
  }
  const refused = await server.raw('hello\r\n\r\n', { quiet: 1500 })
  assert.match(refused.text, /x-content-type-options: nosniff/i)
})

test('who sends a header drop by drop does not hold others up', async () => {
  const slow = server.raw('GET /api/health HTTP/1.1\r\nHo', { quiet: 60_000 })
  const start = Date.now()
  await server.expect(200, 'GET', '/api/health')
  assert.ok(Date.now() - start < 1000)
  const answer = await slow
  assert.ok(answer.closed && [0, 408].includes(answer.status), answer.text)
})
