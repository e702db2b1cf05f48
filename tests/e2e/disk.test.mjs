// A full disk and a disk that fails: no 2xx without a row, a clear 507 or 503, and work goes on once there is room.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { asCustomer, customerKey, eventsOf, standing, verify, website } from './lib/customers.mjs'
import { until } from './lib/network.mjs'
import { Server, temporaryFolder } from './lib/server.mjs'

const FAULTS = process.env.KEYLEDGER_FAULTS ?? fileURLToPath(new URL('../../build/release/tests/faults/', import.meta.url))
const PRELOAD = path.join(FAULTS, 'libkeyledger_faultvfs.so')
const without = existsSync(PRELOAD) ? false : `${PRELOAD} is not built`

async function onFailingDisk(t) {
  const trigger = path.join(await temporaryFolder(t), 'trigger')
  const server = await Server.start(t, { env: { LD_PRELOAD: PRELOAD, KEYLEDGER_FAULT_TRIGGER: trigger } })
  const key = await customerKey(server, { rate_limit: 10_000 })
  const site = await website(server, 5)
  return { server, key, site, fail: (how) => writeFile(trigger, how), heal: () => rm(trigger, { force: true }) }
}

/** So many calls of each kind; answers of verify by their resource. */
async function calls({ server, key, site }, name, each = 20) {
  const made = []
  for (let number = 0; number < each; number++) {
    const resource = `${name}-${number}`
    made.push(verify(server, key, { resource }).then((answer) => ({ resource, ...answer })))
    made.push(asCustomer(server, key, 'GET', '/api/accounts/available').then((answer) => ({ ...answer })))
    if (number < 3) made.push(asCustomer(server, key, 'POST', '/api/accounts/rent', { website: site.name }).then((answer) => ({ rent: true, ...answer })))
  }
  return Promise.all(made)
}

async function stored(server, key) {
  const events = await eventsOf(server, key)
  const rentals = await server.expect(200, 'GET', `/api/rentals?key_id=${key.id}&limit=500`)
  return { events, resources: new Set(events.map((event) => event.resource)), rentals: new Set(rentals.data.map((rental) => rental.id)) }
}

/** No 2xx without its row; and what was refused has taken nothing from the limit. */
async function check(server, key, answers) {
  const { events, resources, rentals } = await stored(server, key)
  for (const answer of answers.filter((each) => each.status === 200)) {
    if (answer.resource) assert.ok(resources.has(answer.resource), `${answer.resource} was acknowledged and is not there`)
    if (answer.rent) assert.ok(rentals.has(answer.json.account.rental_id), 'a rental was acknowledged and is not there')
  }
  const admitted = events.filter((event) => ['success', 'error'].includes(event.status)).length
  assert.equal((await standing(server, key)).used, admitted)
}

test('a full disk: 507, nothing acknowledged, and all is well again without a restart once there is room', { skip: without }, async (t) => {
  const world = await onFailingDisk(t)
  const before = await calls(world, 'before')
  await world.fail('enospc')
  const during = await calls(world, 'during')
  assert.deepEqual([...new Set(during.map((answer) => answer.status))], [507])
  for (const answer of during) {
    assert.equal(answer.json.code, 'disk_full', answer.body)
    assert.ok(answer.headers['retry-after'])
  }
  await world.heal()
  await until(async () => (await verify(world.server, world.key, { resource: 'probe' })).status === 200, { what: 'the first call after there is room' })
  const after = await calls(world, 'after')
  assert.ok(after.filter((answer) => answer.resource).every((answer) => answer.status === 200))
  await check(world.server, world.key, [...before, ...during, ...after])
  assert.equal((await world.server.expect(200, 'GET', '/api/ledger/verify')).whole, true)
})

test('a disk that fails to sync: 503, nothing acknowledged; the database is opened anew and verified, or the server stops', { skip: without }, async (t) => {
  const world = await onFailingDisk(t)
  const before = await calls(world, 'before')
  await world.fail('eio')
  const during = await calls(world, 'during').catch(() => []) // where the server has stopped, there is no answer
  for (const answer of during) assert.equal(answer.status, 503, answer.body)
  await world.heal()
  let { server } = world
  const lives = await until(() => verify(server, world.key, { resource: 'probe' }).then((answer) => answer.status === 200), { seconds: 5 }).catch(() => false)
  if (!lives) {
    await server.exited
    server = await server.again(t)
  }
  await check(server, world.key, [...before, ...during])
  assert.equal((await server.expect(200, 'GET', '/api/ledger/verify')).whole, true)
})

test('the control: an answer without its row is found out', { skip: without }, async (t) => {
  const world = await onFailingDisk(t)
  const answers = await calls(world, 'once', 2)
  await check(world.server, world.key, answers)
  await assert.rejects(check(world.server, world.key, [...answers, { status: 200, resource: 'never made' }]))
})
