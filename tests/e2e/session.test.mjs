// Who may act: the owner in a browser, programs with tokens, the command line through the socket.
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'

import { Server, signIn } from './lib/server.mjs'

test('the owner signs in, is known by the cookie, and signs out on the server, too', async (t) => {
  const server = await Server.start(t)
  const { answer, options } = await signIn(server)
  const cookie = answer.headers['set-cookie'][0]
  for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.includes(word), cookie)
  assert.ok(!cookie.includes('Secure'), 'over plain http a Secure cookie would never come back')
  const me = await server.expect(200, 'GET', '/api/session', undefined, options)
  assert.deepEqual(me.actor, { kind: 'owner', name: 'owner' })
  assert.equal(me.session.current, true)
  await server.expect(201, 'POST', '/api/accounts', { email: 'a@example.com' }, options)
  const { data } = await server.expect(200, 'GET', '/api/sessions', undefined, options)
  assert.equal(data.length, 1)
  assert.equal((await server.delete('/api/session', options)).status, 204)
  await server.refused(401, 'unauthenticated', 'GET', '/api/session', undefined, options)
})

test('a session that another one ends is over', async (t) => {
  const server = await Server.start(t)
  const first = (await signIn(server)).options
  const second = (await signIn(server)).options
  const { data } = await server.expect(200, 'GET', '/api/sessions', undefined, first)
  const other = data.find((session) => !session.current)
  assert.equal((await server.delete(`/api/sessions/${other.id}`, first)).status, 204)
  await server.refused(401, 'unauthenticated', 'GET', '/api/session', undefined, second)
  await server.refused(404, 'unknown_session', 'DELETE', `/api/sessions/${other.id}`, undefined, first)
  await server.expect(200, 'GET', '/api/session', undefined, first)
})

test('wrong passwords are refused, and many of them slowed down', async (t) => {
  const server = await Server.start(t)
  const origin = `http://127.0.0.1:${server.port}`
  const attempt = (password) => server.call('POST', '/api/session', { body: { password }, token: null, headers: { origin } })
  for (let count = 0; count < 5; count++) assert.deepEqual([(await attempt('not the password')).json.code], ['wrong_password'])
  const refused = await attempt(server.password)
  assert.equal(refused.json.code, 'too_many_attempts')
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers['retry-after']) >= 1)
})

test('a write with a session needs the page\'s own origin', async (t) => {
  const server = await Server.start(t)
  const { cookie } = (await signIn(server)).options
  const own = `http://127.0.0.1:${server.port}`
  const cases = [
    [{}, 403], [{ origin: 'https://evil.example' }, 403], [{ origin: 'null' }, 403], [{ origin: `http://127.0.0.1:${server.port + 1}` }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403], [{ 'sec-fetch-site': 'same-site' }, 403], [{ origin: own, 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: own }, 201], [{ 'sec-fetch-site': 'same-origin' }, 201],
  ]
  for (const [index, [headers, status]] of cases.entries()) {
    const answer = await server.call('POST', '/api/accounts', { body: { email: `o${index}@example.com` }, token: null, cookie, headers })
    assert.equal(answer.status, status, `${JSON.stringify(headers)}: ${answer.body}`)
    if (status === 403) assert.equal(answer.json.code, 'cross_origin')
  }
  assert.equal((await server.call('GET', '/api/accounts', { token: null, cookie, headers: { origin: 'https://evil.example' } })).headers['access-control-allow-origin'], undefined)
  const signInElsewhere = await server.call('POST', '/api/session', { body: { password: server.password }, token: null, headers: { origin: 'https://evil.example' } })
  assert.equal(signInElsewhere.json.code, 'cross_origin')
})

test('a new password ends the other sessions and the old password', async (t) => {
  const server = await Server.start(t)
  const old = server.password
  const first = (await signIn(server)).options
  const second = (await signIn(server)).options
  await server.refused(400, 'weak_password', 'PUT', '/api/password', { current_password: old, new_password: 'too short' }, first)
  await server.refused(401, 'wrong_password', 'PUT', '/api/password', { current_password: 'wrong', new_password: 'long enough to take' }, first)
  assert.equal((await server.put('/api/password', { current_password: old, new_password: 'long enough to take' }, first)).status, 204)
  await server.expect(200, 'GET', '/api/session', undefined, first)
  await server.refused(401, 'unauthenticated', 'GET', '/api/session', undefined, second)
  await signIn(server, 'long enough to take')
  await server.refused(401, 'wrong_password', 'POST', '/api/session', { password: old }, { token: null, headers: { origin: `http://127.0.0.1:${server.port}` } })
})

test('an admin token may what its scopes say, until it is revoked', async (t) => {
  const server = await Server.start(t)
  const key = await server.addKey(await server.account(), `sk-${'b'.repeat(40)}`, { provider: 'openai' })
  const read = await server.makeToken('reader', 'read')
  const verify = await server.makeToken('verifier', 'verify')
  await server.expect(200, 'GET', '/api/keys', undefined, { token: read })
  for (const [method, target] of [['POST', '/api/accounts'], ['GET', `/api/keys/${key.id}/full`], ['GET', '/api/tokens'], ['GET', '/api/audit'], ['DELETE', `/api/keys/${key.id}`]]) {
    await server.refused(403, 'insufficient_scope', method, target, method === 'POST' ? { email: 'x@example.com' } : undefined, { token: read })
  }
  await server.refused(403, 'insufficient_scope', 'GET', '/api/keys', undefined, { token: verify })
  await server.expect(200, 'GET', '/api/session', undefined, { token: verify })
  for (const token of [null, 'kla_', `kla_${'A'.repeat(43)}`, read.slice(0, -1), `${read}A`]) {
    const answer = await server.call('GET', '/api/keys', { token })
    assert.equal(answer.status, 401, String(token))
    assert.ok(answer.headers['www-authenticate'])
  }
  const { data } = await server.expect(200, 'GET', '/api/tokens')
  const listed = data.find((token) => token.name === 'reader')
  assert.ok(!JSON.stringify(data).includes(read))
  const once = await server.expect(200, 'POST', `/api/tokens/${listed.id}/revoke`)
  const twice = await server.expect(200, 'POST', `/api/tokens/${listed.id}/revoke`)
  assert.equal(once.revoked_at, twice.revoked_at)
  await server.refused(401, 'unauthenticated', 'GET', '/api/keys', undefined, { token: read })
})

test('the socket needs no credentials, loopback does', async (t) => {
  const server = await Server.start(t)
  const status = await new Promise((done, failed) =>
    http.get({ socketPath: server.socket, path: '/api/accounts', headers: { host: 'localhost' } }, (answer) => done(answer.resume().statusCode)).on('error', failed))
  assert.equal(status, 200)
  assert.equal((await server.call('GET', '/api/accounts', { token: null })).status, 401)
})
