// The first start, the folder, the lock, and how the server stops.
import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

import { until } from './lib/network.mjs'
import { Server, run, temporaryFolder } from './lib/server.mjs'

const mode = async (file) => ((await stat(file)).mode & 0o777).toString(8)

test('the first start makes the folder, the master key and the owner\'s password, once', async (t) => {
  const server = await Server.start(t)
  assert.ok(server.password?.length >= 16, server.stdout)
  assert.equal(await mode(server.dataDir), '700')
  for (const [name] of await server.files()) assert.equal(await mode(path.join(server.dataDir, name)), '600', name)
  assert.equal(await mode(server.socket), '600')
  await server.stop()
  const again = await server.again(t, { token: false })
  assert.equal(again.password, undefined)
  assert.ok(!again.stderr.includes(server.password))
})

test('a second server on the same folder ends at once and says why', async (t) => {
  const server = await Server.start(t)
  const before = Date.now()
  const second = await server.run(['serve', '--listen', '127.0.0.1:0'], { seconds: 10 })
  assert.ok(Date.now() - before < 5000)
  assert.notEqual(second.code, 0)
  assert.equal(second.signal, null)
  const said = second.stdout + second.stderr
  assert.match(said, /already|in use|another/i)
  assert.ok(said.includes(server.dataDir), said)
  await server.expect(200, 'GET', '/api/health')
})

test('after a kill the folder opens again', async (t) => {
  const server = await Server.start(t)
  await server.account('kept@example.com')
  await server.kill()
  const again = await server.again(t)
  const { data } = await again.expect(200, 'GET', '/api/accounts')
  assert.deepEqual(data.map((account) => account.email), ['kept@example.com'])
})

test('a master key that others can read is refused', async (t) => {
  const server = await Server.start(t)
  await server.stop()
  const key = path.join(server.dataDir, 'master.key')
  await chmod(key, 0o644)
  const refused = await server.run(['serve', '--listen', '127.0.0.1:0'], { seconds: 10 })
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr + refused.stdout, /master\.key/)
  assert.match(refused.stderr + refused.stdout, /chmod|0?600|permission|mode/i)
  await chmod(key, 0o600)
  await (await server.again(t)).expect(200, 'GET', '/api/accounts')
})

test('a foreign master key is refused before anything is served', async (t) => {
  const server = await Server.start(t)
  await server.addKey(await server.account(), `sk-${'a'.repeat(40)}`, { provider: 'openai' })
  await server.stop()
  await writeFile(path.join(server.dataDir, 'master.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 })
  const refused = await server.run(['serve', '--listen', '127.0.0.1:0'], { seconds: 10 })
  assert.notEqual(refused.code, 0)
  assert.equal(refused.signal, null, refused.stderr)
})

test('a file that is no database is left as it is', async (t) => {
  const dataDir = path.join(await temporaryFolder(t), 'data')
  await mkdir(dataDir, { mode: 0o700 })
  const server = await Server.start(t, { dataDir })
  const name = [...(await server.files()).keys()].find((each) => /\.(db|sqlite3?)$/.test(each))
  await server.stop()
  const file = path.join(dataDir, name)
  await writeFile(file, 'this is a shopping list\n'.repeat(1000))
  const refused = await run(['serve', '--data-dir', dataDir, '--listen', '127.0.0.1:0'], { seconds: 10 })
  assert.notEqual(refused.code, 0)
  assert.equal(refused.signal, null)
  assert.match(await readFile(file, 'utf8'), /^this is a shopping list/)
})

test('beyond loopback it listens only with TLS or when it is told to', async (t) => {
  const dataDir = path.join(await temporaryFolder(t), 'data')
  const refused = await run(['serve', '--data-dir', dataDir, '--listen', '0.0.0.0:0'], { seconds: 10 })
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /allow-insecure-http/)
})

test('SIGTERM lets an answer in flight finish, and then ends with 0', async (t) => {
  const server = await Server.start(t)
  const body = JSON.stringify({ email: 'late@example.com' })
  const head = `POST /api/accounts HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  const pending = slowly(server, head + body.slice(0, 5), body.slice(5), async () => {
    server.child.kill('SIGTERM')
    await until(() => server.log.some((line) => /stop/i.test(line.event)), { what: 'a line that it stops' })
  })
  assert.match(await pending, /^HTTP\/1\.1 201/)
  const how = await server.exited
  assert.deepEqual([how.code, how.signal], [0, null])
})

// Sends the front, does something, sends the rest and answers what comes back.
async function slowly(server, front, rest, between) {
  const { default: net } = await import('node:net')
  const socket = net.connect(server.port, server.host)
  let text = ''
  socket.setEncoding('latin1').on('data', (piece) => (text += piece))
  socket.on('error', () => {})
  await new Promise((sent) => socket.write(front, sent))
  await new Promise((again) => setTimeout(again, 200))
  await between()
  socket.write(rest)
  await new Promise((closed) => socket.on('close', closed))
  return text
}

test('core dumps are off', async (t) => {
  const server = await Server.start(t, { token: false })
  assert.match(await readFile(`/proc/${server.pid}/limits`, 'utf8'), /^Max core file size\s+0\s/m)
})
