// The files of the two programs before: taken over, reported row by row, and nothing twice.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

import { keyText } from './lib/organization.mjs'
import { Server, temporaryFolder } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

const HELD = `
  CREATE TABLE accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT, name TEXT, organization_name TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
  CREATE TABLE api_keys (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, full_key TEXT, masked_key TEXT, key_type TEXT, provider TEXT, account_id INTEGER REFERENCES accounts (id), admin_key_id INTEGER, created_at TIMESTAMP, updated_at TIMESTAMP);`
const HANDED_OUT = `
  CREATE TABLE websites (id INTEGER PRIMARY KEY, name TEXT, url TEXT, validity_hours INTEGER, description TEXT);
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, website_id INTEGER, username TEXT, email TEXT, current_password TEXT, status TEXT, rented_at TIMESTAMP, available_at TIMESTAMP, last_reset TIMESTAMP, exception_reason TEXT);
  CREATE TABLE rentals (id INTEGER PRIMARY KEY, account_id INTEGER, customer_name TEXT, customer_email TEXT, customer_phone TEXT, rented_at TIMESTAMP, expires_at TIMESTAMP, returned_at TIMESTAMP, status TEXT);
  CREATE TABLE api_keys (id INTEGER PRIMARY KEY, api_key_hash TEXT, name TEXT, email TEXT, status TEXT, rate_limit INTEGER, total_requests INTEGER, created_at TIMESTAMP, last_used TIMESTAMP, notes TEXT);
  CREATE TABLE api_usage (id INTEGER PRIMARY KEY, api_key_id INTEGER, account_id INTEGER, website TEXT, action TEXT, ip_address TEXT, user_agent TEXT, timestamp TIMESTAMP, response_status INTEGER);`

const hash = (text) => createHash('sha256').update(text).digest('hex')
const KEY = `urt_${'k'.repeat(43)}`
const REVOKED = `urt_${'r'.repeat(43)}`
const PASSWORD = 'shared pass word'

async function held(t) {
  const file = path.join(await temporaryFolder(t), 'dashboard.db')
  sqlite(file, `${HELD}
    INSERT INTO accounts (id, email, name) VALUES (4, 'dana@example.com', 'Dana'), (9, NULL, 'nobody');
    INSERT INTO api_keys (id, name, full_key, key_type, provider, account_id, admin_key_id, created_at) VALUES
      (1, 'prod', '${keyText.openaiProject('import')}', '', '', 4, NULL, '2024-03-01 00:00:00'),
      (2, 'claude', '${keyText.anthropic('import')}', 'standard', 'Anthropic', 4, 1, NULL),
      (3, 'orphan', '${keyText.openaiProject('orphan')}', '', '', 9, NULL, NULL);`)
  return file
}

async function handedOut(t) {
  const file = path.join(await temporaryFolder(t), 'rentals.db')
  sqlite(file, `${HANDED_OUT}
    INSERT INTO websites VALUES (1, 'Studio', 'https://studio.example', 12, 'Pictures'), (2, '', '', 0, NULL);
    INSERT INTO accounts VALUES (1, 1, 'one', 'one@example.com', '${PASSWORD}', 'available', NULL, NULL, '2025-01-01 00:00:00', NULL),
      (2, 1, 'two', '', '${PASSWORD}', 'exception', NULL, NULL, NULL, 'locked out'), (3, 1, 'three', '', NULL, 'available', NULL, NULL, NULL, NULL),
      (4, 77, 'four', '', 'x', 'available', NULL, NULL, NULL, NULL);
    INSERT INTO api_keys VALUES (1, '${hash(KEY)}', 'Acme', 'ops@acme.example', 'active', 50, 40, '2024-05-01 10:00:00', '2026-01-01 00:00:00', 'pays late'),
      (2, '${hash(REVOKED)}', 'Gone', '', 'revoked', 0, 3, '2024-05-01 10:00:00', NULL, NULL);
    INSERT INTO rentals VALUES (1, 1, 'Acme', 'ops@acme.example', '', '2025-06-01 10:00:00', '2025-06-01 22:00:00', '2025-06-01 12:00:00', 'returned');
    INSERT INTO api_usage VALUES (1, 1, 1, 'studio', 'rent', '192.0.2.7', 'curl/8', '2025-06-01 10:00:00', 200),
      (2, 1, 1, 'studio', 'return', '192.0.2.7', 'curl/8', '2025-06-01 12:00:00', 200), (3, 1, NULL, NULL, 'check', 'nonsense', NULL, '2025-06-02 12:00:00', 404),
      (4, 2, NULL, NULL, 'list', '2001:db8::1', 'x', '2025-06-03 12:00:00', 'success'), (5, 9, NULL, NULL, 'list', '', '', '2025-06-03 12:00:00', 200);`)
  return file
}

async function imported(server, args, code = 0) {
  const ran = await server.run(['import', ...args, '--json'], { seconds: 60 })
  assert.equal(ran.code, code, ran.stderr + ran.stdout)
  for (const secret of [PASSWORD, hash(KEY), keyText.openaiProject('import'), keyText.openaiProject('orphan')]) assert.ok(!(ran.stdout + ran.stderr).includes(secret))
  return code === 0 ? JSON.parse(ran.stdout) : ran.stderr
}
const counts = (state) => Object.fromEntries(state.tables.map((table) => [table.name, [table.taken, table.known, table.skipped]]))
const notes = (state) => state.tables.flatMap((table) => table.notes.map((note) => `${table.name} ${note.id} ${note.code}`))

test('provider keys are taken over, sealed, and only once', async (t) => {
  const server = await Server.start(t)
  const file = await held(t)
  const dry = await imported(server, [file, '--dry-run'])
  assert.deepEqual(counts(dry), { accounts: [1, 0, 1], api_keys: [2, 0, 1] })
  assert.equal((await server.get('/api/keys')).json.data.length, 0)
  const state = await imported(server, [file])
  assert.equal(state.source, 'held_keys')
  assert.deepEqual(counts(state), counts(dry))
  assert.deepEqual(notes(state), ['accounts 9 malformed_email', 'api_keys 3 unknown_account', 'api_keys 2 not_an_admin_key'])
  const { data } = (await server.get('/api/keys')).json
  assert.deepEqual(data.map((key) => [key.name, key.provider, key.created_at.slice(0, 4)]), [['prod', 'openai', '2024'], ['claude', 'anthropic', String(new Date().getUTCFullYear())]])
  assert.equal((await server.get(`/api/keys/${data[0].id}/full`)).json.full_key, keyText.openaiProject('import'))
  assert.deepEqual(counts(await imported(server, [file])), { accounts: [0, 1, 1], api_keys: [0, 2, 1] })
  assert.equal((await server.run(['audit', 'verify'])).code, 0)
})

for (const running of [true, false]) {
  test(`customers go on as before ${running ? 'while the server runs' : 'after an import without a server'}`, async (t) => {
    let server = await Server.start(t)
    const file = await handedOut(t)
    if (!running) await server.stop()
    const dry = await imported(server, [file, '--dry-run'])
    const state = await imported(server, [file])
    assert.equal(state.source, 'handed_out_keys')
    assert.deepEqual(counts(state), counts(dry))
    assert.deepEqual(counts(state), { websites: [1, 0, 1], accounts: [2, 0, 2], api_keys: [2, 0, 0], rentals: [1, 0, 0], api_usage: [4, 0, 1] })
    if (!running) server = await server.again(t)
    const customer = (method, target, body, key = KEY) => server.call(method, target, { body, token: null, headers: { 'x-api-key': key } })
    const { json } = await customer('GET', '/api/stats/me')
    assert.deepEqual([json.api_key.name, json.api_key.rate_limit], ['Acme', 50])
    assert.ok(json.api_key.total_requests >= 40 && json.api_key.total_requests <= 41)
    const rented = await customer('POST', '/api/accounts/rent', { website: 'Studio' })
    assert.equal(rented.status, 200, rented.body)
    assert.deepEqual([rented.json.account.username, rented.json.account.password, rented.json.account.validity_hours], ['one', PASSWORD, 12])
    const again = await customer('POST', '/api/accounts/rent', { website: 'Studio' })
    assert.equal(again.json.code, 'no_available_accounts')
    const gone = await customer('GET', '/api/stats/me', undefined, REVOKED)
    assert.equal(gone.status, 401)
    const activity = (await server.get('/api/activity?limit=50')).json.data
    const old = activity.filter((line) => line.at < '2025-07')
    assert.deepEqual(old.map((line) => [line.at, line.action, line.http_status, line.ip_address]).reverse(), [
      ['2025-06-01T10:00:00Z', 'rent', 200, '192.0.2.7'], ['2025-06-01T12:00:00Z', 'return', 200, '192.0.2.7'],
      ['2025-06-02T12:00:00Z', 'check', 404, old[1].ip_address], ['2025-06-03T12:00:00Z', 'list', 200, '2001:db8::1']])
    const twice = await imported(server, [file])
    for (const [name, [taken]] of Object.entries(counts(twice))) assert.equal(taken, 0, name)
    assert.equal((await server.run(['ledger', 'verify'])).code, 0)
    const table = await server.run(['import', file])
    assert.match(table.stdout, /Here already/)
    assert.match(table.stdout, /unknown_website/)
  })
}

test('a file that cannot be taken is refused with its reason, and nothing is changed', async (t) => {
  const server = await Server.start(t)
  const folder = await temporaryFolder(t)
  const file = (name) => path.join(folder, name)
  await writeFile(file('text'), 'a,b,c\n'.repeat(100))
  await writeFile(file('empty'), '')
  sqlite(file('strange'), 'CREATE TABLE t (id INTEGER)')
  sqlite(file('half'), HELD.split(';')[0])
  sqlite(file('newer'), HANDED_OUT.replace('rate_limit INTEGER', 'daily_limit INTEGER'))
  sqlite(file('both'), `${HELD} CREATE TABLE websites (id INTEGER);`)
  sqlite(file('view'), `CREATE TABLE x (id INTEGER PRIMARY KEY, full_key TEXT); CREATE VIEW api_keys AS SELECT * FROM x; CREATE TABLE accounts (id INTEGER PRIMARY KEY, organization_name TEXT);`)
  const cases = { text: 'not_a_database', empty: 'not_a_database', missing: 'no_such_file', strange: 'unknown_layout', half: 'incomplete_layout', newer: 'incomplete_layout', both: 'two_layouts', view: 'incomplete_layout' }
  for (const [name, code] of Object.entries(cases)) {
    const said = await imported(server, [file(name)], code === 'no_such_file' ? 3 : 1)
    assert.match(said, new RegExp(code), `${name}: ${said}`)
  }
  assert.match(await imported(server, [file('newer')], 1), /api_keys\.rate_limit/)
  assert.match(await imported(server, [path.join(server.dataDir, 'keyledger.db')], 1), /restore/)
  assert.deepEqual((await server.get('/api/accounts')).json.data, [])
})

test('a file that another program has locked is refused', async (t) => {
  const server = await Server.start(t)
  const file = await handedOut(t)
  const holder = spawn('sqlite3', [file])
  t.after(() => holder.kill())
  holder.stdin.write('BEGIN EXCLUSIVE; SELECT 1;\n')
  await new Promise((done) => holder.stdout.once('data', done))
  assert.match(await imported(server, [file], 4), /busy/)
  holder.stdin.end()
  await new Promise((done) => holder.once('close', done))
  assert.equal((await imported(server, [file])).state, 'finished')
})

test('naughty values are reported and never harm', async (t) => {
  const server = await Server.start(t)
  const file = await handedOut(t)
  sqlite(file, `
    INSERT INTO websites VALUES (10, x'ff00ff', 7, 'x', 9), (11, 'Bad "url"', 'javascript:alert(1)', 1e300, zeroblob(3000000));
    INSERT INTO accounts VALUES (10, 1, zeroblob(5), NULL, 'p', 1, 2, 3, 4, 5), (11, 'one', 'x', 'not an address', 5, 'broken', NULL, NULL, NULL, NULL), (12, 1, 'twelve', 'not an address', 12345, 'broken', NULL, NULL, NULL, NULL);
    INSERT INTO api_keys VALUES (10, '${'f'.repeat(64)}', '${'n'.repeat(5000)}', 17, 'active', -9223372036854775808, 9223372036854775807, -1, 'soon', x'00'), (11, 'zz', 'x', '', '', 1, 1, 1, 1, 1), (12, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO rentals VALUES (10, 1, char(27) || '[31mred', '''; DROP TABLE rentals; --', '"', '2025-07-01 00:00:00', 'never', NULL, NULL), (11, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO api_usage VALUES (10, '1', 'x', zeroblob(10), '<script>', '::ffff:1.2.3.4', char(0) || 'agent', 1750000000, 'what'), (11, 1, 1, 1, 1, 1, 1, '9999-12-31 23:59:59', 1);`)
  const state = await imported(server, [file])
  for (const table of state.tables) assert.equal(table.rows, table.taken + table.known + table.skipped, table.name)
  assert.ok(notes(state).includes('api_keys 10 out_of_range') && notes(state).includes('api_usage 11 malformed_time'))
  const keys = (await server.get('/api/customer-keys')).json.data
  assert.equal(keys.find((key) => key.name.startsWith('nnn')).rate_limit, 100)
  const verified = await server.run(['ledger', 'verify'])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  const table = await server.run(['import', file])
  assert.ok(!table.stdout.includes('\x1b'))
})
