// Copies of a running database, and the way back.
import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { keyText } from './lib/organization.mjs'
import { Server, run, temporaryFolder } from './lib/server.mjs'
import { sqlite } from './lib/sqlite.mjs'

/** Runs a command; answers what it printed as JSON. */
async function json(server, args, code = 0) {
  const ran = await server.run([...args, '--json'], { seconds: 60 })
  assert.equal(ran.code, code, `${args.join(' ')}: ${ran.stderr}${ran.stdout}`)
  return JSON.parse(ran.stdout)
}

/** A server with a provider key, a customer's key, and some calls of it. */
async function filled(t) {
  const server = await Server.start(t)
  const account = await server.account()
  await server.addKey(account, keyText.openaiProject('backup'))
  const key = await server.expect(201, 'POST', '/api/customer-keys', { name: 'Acme', rate_limit: 0 })
  for (let i = 0; i < 20; i++) await verify(server, key)
  return { server, account, key }
}

const verify = (server, key) => server.expect(200, 'POST', '/api/verify', { key: key.key, action: 'search' })

test('a backup under load is one consistent state, verified, and for its owner alone', async (t) => {
  const { server, key } = await filled(t)
  let stopped = false
  let calls = 0
  const load = Promise.all(Array.from({ length: 4 }, async () => {
    while (!stopped) {
      await verify(server, key)
      calls++
    }
  }))
  const state = await json(server, ['backup'])
  stopped = true
  await load
  assert.ok(calls > 0)
  assert.equal(state.state, 'finished')
  assert.ok(state.verified.whole, state.verified.what)
  assert.ok(state.verified.events >= 20)
  assert.equal(path.dirname(state.file), path.join(server.dataDir, 'backups'))
  assert.match(path.basename(state.file), /^keyledger-\d{8}T\d{6}Z(-\d+)?\.db$/)
  const bytes = await readFile(state.file)
  assert.equal(state.verified.bytes, bytes.length)
  assert.equal(state.verified.sha256, createHash('sha256').update(bytes).digest('hex'))
  assert.equal((await stat(state.file)).mode & 0o777, 0o600)
  assert.equal(Number(sqlite(state.file, 'SELECT COUNT(*) FROM usage_events')), state.verified.events)
  const master = await readFile(path.join(server.dataDir, 'master.key'), 'utf8')
  assert.ok(!bytes.includes(Buffer.from(master.trim())) && !bytes.includes(Buffer.from(key.key)))
  const told = await server.run(['backup'], { seconds: 60 })
  assert.match(told.stdout, /master\.key/)
  assert.match(told.stdout, /not in the copy/)
})

test('old copies go, and files of others stay', async (t) => {
  const { server } = await filled(t)
  const folder = await temporaryFolder(t)
  await writeFile(path.join(folder, 'keyledger.txt'), 'mine')
  for (let i = 0; i < 4; i++) await json(server, ['backup', folder, '--keep', '2'])
  const names = await readdir(folder)
  assert.equal(names.filter((name) => name.endsWith('.db')).length, 2)
  assert.ok(names.includes('keyledger.txt'))
  const file = path.join(folder, 'one.db')
  assert.equal((await json(server, ['backup', file])).file, file)
  const again = await server.run(['backup', file])
  assert.notEqual(again.code, 0)
  assert.match(again.stderr, /file_exists/)
  assert.equal((await server.run(['backup', path.join(folder, 'two.db'), '--keep', '1'])).code, 1)
  assert.equal((await server.run(['backup', '--keep', '0'])).code, 2)
})

test('over the network nobody chooses paths on the disk', async (t) => {
  const { server } = await filled(t)
  await server.refused(403, 'local_only', 'POST', '/api/backup', { place: '/tmp/x.db' }, { field: 'place' })
  await server.refused(403, 'local_only', 'POST', '/api/import', { file: '/etc/passwd' }, { field: 'file' })
  await server.expect(202, 'POST', '/api/backup', { keep: 3 })
})

test('a backup comes back: keys open, customers go on, the other database is only moved aside', async (t) => {
  const { server, key } = await filled(t)
  const { file } = await json(server, ['backup'])
  const late = await server.expect(201, 'POST', '/api/customer-keys', { name: 'Late' })
  const running = await server.run(['restore', file, '--force'])
  assert.notEqual(running.code, 0)
  assert.match(running.stderr, /folder_in_use/)
  await server.stop()
  const there = await server.run(['restore', file])
  assert.equal(there.code, 1)
  assert.match(there.stderr, /database_exists/)
  const restored = await json(server, ['restore', file, '--force'])
  assert.ok(restored.whole)
  assert.equal(sqlite(restored.moved_aside, "SELECT COUNT(*) FROM customers WHERE name = 'Late'"), '1')
  const again = await server.again(t)
  await verify(again, key)
  const unknown = await again.get('/api/stats/me', { token: null, headers: { 'x-api-key': late.key } })
  assert.equal(unknown.status, 401, unknown.body)
  assert.equal((await again.get('/api/keys/1/full')).json.full_key, keyText.openaiProject('backup'))
  assert.equal((await again.run(['audit', 'verify'])).code, 0)
  assert.match((await again.run(['audit', 'list'])).stdout, /backups\.restore/)
})

test('without a server the same commands work on the folder itself', async (t) => {
  const { server } = await filled(t)
  await server.stop()
  const { file, verified } = await json(server, ['backup'])
  assert.ok(verified.whole)
  const other = path.join(await temporaryFolder(t), 'data')
  const missing = await run(['restore', file, '--data-dir', other])
  assert.equal(missing.code, 3)
  assert.match(missing.stderr, /master_key_missing/)
  await mkdir(other, { recursive: true, mode: 0o700 })
  await copyFile(path.join(server.dataDir, 'master.key'), path.join(other, 'master.key'))
  assert.equal((await run(['restore', file, '--data-dir', other])).code, 0)
  assert.equal((await run(['ledger', 'verify', '--data-dir', other])).code, 0)
})

test('a backup that was tampered with is found, and so is another master key', async (t) => {
  const { server } = await filled(t)
  const { file } = await json(server, ['backup'])
  await server.stop()
  await rm(path.join(server.dataDir, 'keyledger.db'))
  const tampered = path.join(server.dataDir, 'tampered.db')
  for (const sql of ["UPDATE usage_events SET units = 100 WHERE id = 3", "UPDATE audit_log SET actor_name = 'nobody' WHERE id = 1", 'DELETE FROM audit_log WHERE id = (SELECT MAX(id) FROM audit_log)']) {
    await copyFile(file, tampered)
    sqlite(tampered, sql)
    const refused = await server.run(['restore', tampered])
    assert.equal(refused.code, 1, sql)
    assert.match(refused.stderr, /broken_chain/)
  }
  await copyFile(file, tampered)
  const bytes = await readFile(tampered)
  await writeFile(tampered, bytes.subarray(0, bytes.length / 2))
  const half = await server.run(['restore', tampered, '--force'])
  assert.notEqual(half.code, 0)
  await writeFile(tampered, 'no database at all')
  assert.match((await server.run(['restore', tampered, '--force'])).stderr, /not_a_database/)
  const key = path.join(server.dataDir, 'master.key')
  await rename(key, `${key}.right`)
  await writeFile(key, `${'0'.repeat(64)}\n`, { mode: 0o600 })
  assert.match((await server.run(['restore', file])).stderr, /wrong_master_key/)
  const names = await readdir(server.dataDir)
  assert.ok(!names.includes('keyledger.db') && !names.some((name) => name.includes('restoring')), names.join(' '))
})
