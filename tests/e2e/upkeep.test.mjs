// Backups and imports over the network, and answers that are streamed or compressed.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'

import { until } from './lib/network.mjs'
import { keyText } from './lib/organization.mjs'
import { Server, signIn, temporaryFolder } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

const SQLITE = 'application/vnd.sqlite3'

/** An answer as bytes: {status, headers, body}. `body` of the request is bytes, too, or a stream of them. */
function exchange(server, method, target, { headers = {}, token = server.token, body } = {}) {
  return new Promise((done, failed) => {
    const sent = { ...headers, ...(token && { authorization: `Bearer ${token}` }) }
    const request = http.request({ host: server.host, port: server.port, method, path: target, headers: sent, agent: false }, (response) => {
      const pieces = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }))
      response.on('error', failed)
    })
    request.on('error', failed)
    request.end(body)
  })
}

async function backup(server) {
  await server.expect(202, 'POST', '/api/backup')
  return until(async () => {
    const state = await server.expect(200, 'GET', '/api/backup')
    assert.notEqual(state.state, 'failed', state.explanation)
    return state.state === 'finished' && path.basename(state.file)
  }, { what: 'the backup' })
}

const uploads = async (server) => (await readdir(server.dataDir)).filter((name) => name.startsWith('upload-'))
const openFiles = (server) => readdir(`/proc/${server.pid}/fd`)

test('copies are listed, downloaded as they are, and removed; each of it is in the audit log', async (t) => {
  const server = await Server.start(t)
  await server.account('dana@example.com')
  assert.deepEqual((await server.expect(200, 'GET', '/api/backups')).data, [])
  const name = await backup(server)
  const { data } = await server.expect(200, 'GET', '/api/backups')
  const bytes = await readFile(path.join(server.dataDir, 'backups', name))
  assert.deepEqual(data.map(({ created_at, ...rest }) => rest), [{ name, bytes: bytes.length, verified: true, made_by: 'hand' }])
  const got = await exchange(server, 'GET', `/api/backups/${name}`, { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(got.status, 200)
  assert.deepEqual([got.headers['content-type'], got.headers['content-length'], got.headers['content-encoding']], [SQLITE, String(bytes.length), undefined])
  assert.equal(got.headers['content-disposition'], `attachment; filename="${name}"`)
  assert.ok(got.body.equals(bytes))
  const head = await server.call('HEAD', `/api/backups/${name}`)
  assert.equal(head.headers['content-length'], String(bytes.length))
  const restored = path.join(await temporaryFolder(t), 'copy.db')
  await writeFile(restored, got.body)
  assert.equal(sqlite(restored, 'SELECT email FROM accounts'), 'dana@example.com')
  assert.equal((await server.call('DELETE', `/api/backups/${name}`)).status, 204)
  await server.refused(404, 'unknown_backup', 'DELETE', `/api/backups/${name}`)
  await server.refused(404, 'unknown_backup', 'GET', `/api/backups/${name}`)
  assert.deepEqual((await server.expect(200, 'GET', '/api/backups')).data, [])
  const lines = (await server.expect(200, 'GET', '/api/audit')).data.map((line) => `${line.action} ${line.subject}`)
  assert.deepEqual(lines.slice(0, 2), [`backups.delete ${name}`, `backups.download ${name}`])
})

test('nothing but copies can be had by that way, and only by whom it may', async (t) => {
  const server = await Server.start(t)
  const name = await backup(server)
  await writeFile(path.join(server.dataDir, 'backups', 'mine.db'), 'mine')
  for (const other of ['mine.db', 'keyledger-20261122T001252Z.db', '%2E%2E', 'keyledger-20261122T001252Z.db.partial']) {
    const answer = await exchange(server, 'GET', `/api/backups/${other}`)
    assert.ok([400, 404].includes(answer.status), other)
  }
  for (const target of ['/api/backups/../keyledger.db', '/api/backups/..%2fkeyledger.db']) {
    assert.equal((await server.raw(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`)).status, 400)
  }
  const reader = await server.makeToken('reader', 'read')
  for (const [method, target] of [['GET', '/api/backups'], ['GET', `/api/backups/${name}`], ['DELETE', `/api/backups/${name}`]]) {
    await server.refused(403, 'insufficient_scope', method, target, undefined, { token: reader })
    await server.refused(401, 'unauthenticated', method, target, undefined, { token: null })
  }
  const { options } = await signIn(server)
  assert.equal((await server.call('GET', `/api/backups/${name}`, options)).status, 200)
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    await server.refused(403, 'cross_origin', 'GET', `/api/backups/${name}`, undefined, { ...options, headers })
  }
})

test('a download that is interrupted leaves nothing open', async (t) => {
  const server = await Server.start(t)
  // Large enough that no socket holds all of it.
  sqlite(path.join(server.dataDir, 'keyledger.db'), 'CREATE TABLE ballast (bytes BLOB); INSERT INTO ballast SELECT randomblob(1000000) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT i FROM n)')
  await server.expect(202, 'POST', '/api/backup')
  const name = await until(async () => {
    const { data } = await server.expect(200, 'GET', '/api/backups')
    return data[0]?.name
  }, { seconds: 60, what: 'the copy' })
  const copiesOpen = async () => {
    const { readlink } = await import('node:fs/promises')
    const files = await Promise.all((await openFiles(server)).map((each) => readlink(`/proc/${server.pid}/fd/${each}`).catch(() => '')))
    return files.filter((file) => file.includes(name)).length
  }
  assert.equal(await copiesOpen(), 0)
  const sockets = await Promise.all(Array.from({ length: 8 }, () => new Promise((done, failed) => {
    const socket = net.connect(server.port, server.host, () => socket.write(`GET /api/backups/${name} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`))
    socket.once('data', () => done(socket.pause())).once('error', failed)
  })))
  assert.equal(await copiesOpen(), 8)
  await server.refused(503, 'overloaded', 'GET', `/api/backups/${name}`)
  const memory = await server.memory()
  assert.ok(memory < 400_000, `the copy is streamed, not held: ${memory} KiB`)
  for (const socket of sockets) socket.destroy()
  await until(async () => await copiesOpen() === 0, { what: 'closed files' })
  const again = await exchange(server, 'GET', `/api/backups/${name}`)
  assert.equal(again.body.length, Number(again.headers['content-length']))
})

test('the schedule makes copies on its own, and keeps as many as it is told', async (t) => {
  const server = await Server.start(t)
  const settings = await server.expect(200, 'GET', '/api/settings')
  assert.deepEqual([settings.backup_every_hours, settings.backup_keep], [0, 7])
  await server.refused(400, 'out_of_range', 'PUT', '/api/settings', { backup_every_hours: 8761 }, { field: 'backup_every_hours' })
  await server.refused(400, 'out_of_range', 'PUT', '/api/settings', { backup_keep: 0 }, { field: 'backup_keep' })
  const changed = await server.expect(200, 'PUT', '/api/settings', { backup_every_hours: 24, backup_keep: 2 })
  assert.deepEqual([changed.backup_every_hours, changed.backup_keep], [24, 2])
  const [first] = await until(async () => {
    const { data } = await server.expect(200, 'GET', '/api/backups')
    return data.length > 0 && data
  }, { what: 'the first copy' })
  assert.deepEqual([first.made_by, first.verified], ['schedule', true])
  await server.stop()
  const later = await server.again(t)
  assert.equal((await later.expect(200, 'GET', '/api/settings')).backup_every_hours, 24)
  await backup(later)
  const { data } = await later.expect(200, 'GET', '/api/backups')
  assert.deepEqual(data.map((copy) => copy.made_by), ['hand', 'schedule'], 'a restart repeats none')
})

async function heldKeys(t) {
  const file = path.join(await temporaryFolder(t), 'dashboard.db')
  sqlite(file, `
    CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT, name TEXT, organization_name TEXT, created_at TIMESTAMP, updated_at TIMESTAMP);
    CREATE TABLE api_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, full_key TEXT, masked_key TEXT, key_type TEXT, provider TEXT, account_id INTEGER, admin_key_id INTEGER, created_at TIMESTAMP, updated_at TIMESTAMP);
    INSERT INTO accounts (id, email, name) VALUES (4, 'dana@example.com', 'Dana'), (9, NULL, 'nobody');
    INSERT INTO api_keys (id, name, full_key, account_id) VALUES (1, 'prod', '${keyText.openaiProject('upload')}', 4);`)
  return readFile(file)
}

/** Uploads a file and waits until its import has ended. */
async function upload(server, body, query = '') {
  const begun = await exchange(server, 'POST', `/api/import/file${query}`, { headers: { 'content-type': SQLITE }, body })
  assert.equal(begun.status, 202, begun.body.toString())
  return until(async () => {
    const state = await server.expect(200, 'GET', '/api/import')
    return state.finished_at && state
  }, { what: 'the import' })
}

test('a file is uploaded, shown as it would be taken, taken, and gone', async (t) => {
  const server = await Server.start(t)
  const file = await heldKeys(t)
  const preview = await upload(server, file, '?dry_run=true')
  assert.deepEqual([preview.state, preview.dry_run, preview.file, preview.source], ['finished', true, 'upload', 'held_keys'])
  assert.deepEqual(preview.tables.map((table) => [table.name, table.taken, table.skipped]), [['accounts', 1, 1], ['api_keys', 1, 0]])
  assert.equal((await server.get('/api/keys')).json.data.length, 0)
  assert.deepEqual(await uploads(server), [])
  const taken = await upload(server, file)
  assert.deepEqual(taken.tables.map((table) => table.taken), [1, 1])
  assert.equal((await server.get('/api/keys')).json.data.length, 1)
  assert.deepEqual(await uploads(server), [])
  const [line] = (await server.expect(200, 'GET', '/api/audit')).data
  assert.deepEqual([line.action, line.subject], ['imports.create', 'upload'])
  assert.ok(!JSON.stringify(preview).includes(keyText.openaiProject('upload')))
})

test('an upload that is none, too large, of another type or by nobody is refused and leaves no file', async (t) => {
  const server = await Server.start(t)
  const send = async (status, code, options, query = '') => {
    const answer = await exchange(server, 'POST', `/api/import/file${query}`, { headers: { 'content-type': SQLITE }, ...options })
    assert.deepEqual([answer.status, JSON.parse(answer.body.toString()).code], [status, code])
    await until(async () => (await uploads(server)).length === 0, { seconds: 10, what: 'the end of the file that was sent' })
  }
  const file = await heldKeys(t)
  await send(401, 'unauthenticated', { token: null, body: file })
  await send(403, 'insufficient_scope', { token: await server.makeToken('reader', 'read'), body: file })
  await send(415, 'unsupported_media_type', { headers: { 'content-type': 'application/json' }, body: '{}' })
  await send(415, 'unsupported_media_type', { headers: {}, body: file })
  await send(400, 'unknown_value', { body: file }, '?dry_run=yes')
  await send(400, 'not_a_database', { body: 'x'.repeat(5000) })
  await send(400, 'not_a_database', {})
  await send(413, 'body_too_large', { headers: { 'content-type': SQLITE, 'content-length': (256 << 20) + 1, expect: '100-continue' } })
  const { options } = await signIn(server)
  const foreign = await exchange(server, 'POST', '/api/import/file', { token: null, headers: { 'content-type': SQLITE, cookie: options.cookie, origin: 'https://evil.example' }, body: file })
  assert.equal(foreign.status, 403)
})

test('an upload that breaks off leaves no file, and makes room for the next', async (t) => {
  const server = await Server.start(t)
  const socket = net.connect(server.port, server.host)
  socket.on('error', () => {})
  socket.write(`POST /api/import/file HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: ${SQLITE}\r\nContent-Length: 9000000\r\n\r\n`)
  socket.write(Buffer.alloc(1_000_000))
  await until(async () => (await uploads(server)).length === 1, { what: 'the file' })
  const meanwhile = await exchange(server, 'POST', '/api/import/file', { headers: { 'content-type': SQLITE }, body: await heldKeys(t) })
  assert.deepEqual([meanwhile.status, JSON.parse(meanwhile.body.toString()).code], [409, 'upload_running'])
  socket.destroy()
  await until(async () => (await uploads(server)).length === 0, { what: 'the end of the file' })
  assert.equal((await upload(server, await heldKeys(t), '?dry_run=true')).state, 'finished')
})

test('a large upload is kept on the disk, not in memory', async (t) => {
  const server = await Server.start(t)
  const before = await server.memory('VmHWM')
  const answer = await exchange(server, 'POST', '/api/import/file?dry_run=true', { headers: { 'content-type': 'application/octet-stream' }, body: Buffer.alloc(120 << 20) })
  assert.equal(JSON.parse(answer.body.toString()).code, 'not_a_database')
  const grown = await server.memory('VmHWM') - before
  assert.ok(grown < 60_000, `${grown} KiB more for 120 MiB`)
})

test('large answers are compressed for whom takes it, and none that carries a secret', async (t) => {
  const server = await Server.start(t)
  const account = await server.account()
  for (let i = 0; i < 40; i++) await server.addKey(account, keyText.openaiProject(`gzip ${i}`), { name: `key number ${i}` })
  const plain = await exchange(server, 'GET', '/api/keys')
  assert.deepEqual([plain.headers['content-encoding'], plain.headers.vary], [undefined, 'Accept-Encoding'])
  const packed = await exchange(server, 'GET', '/api/keys', { headers: { 'accept-encoding': 'gzip, deflate, br' } })
  assert.deepEqual([packed.headers['content-encoding'], packed.headers.vary], ['gzip', 'Accept-Encoding'])
  assert.equal(Number(packed.headers['content-length']), packed.body.length)
  assert.ok(packed.body.length < plain.body.length / 3, `${packed.body.length} of ${plain.body.length}`)
  assert.equal(gunzipSync(packed.body).toString(), plain.body.toString())
  const description = await exchange(server, 'GET', '/api/openapi.json', { headers: { 'accept-encoding': 'gzip' }, token: null })
  assert.equal(JSON.parse(gunzipSync(description.body)).openapi, '3.1.0')
  const { data: [key] } = JSON.parse(plain.body)
  for (const target of [`/api/keys/${key.id}/full`, '/api/health', `/api/keys?cursor=x`]) {
    assert.equal((await exchange(server, 'GET', target, { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], undefined, target)
  }
  const digest = createHash('sha256').update(plain.body).digest('hex')
  assert.equal(createHash('sha256').update((await exchange(server, 'GET', '/api/keys', { headers: { 'accept-encoding': 'gzip;q=0' } })).body).digest('hex'), digest)
})
