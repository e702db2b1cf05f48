// The figures for Prometheus.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { serverForThisFile } from './lib/server.mjs'

let server
serverForThisFile((started) => (server = started))

/** "name{label="x"}" -> value, and the families with their kinds. */
async function figures() {
  const answer = await server.get('/metrics', { token: null })
  assert.equal(answer.status, 200, answer.body)
  assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/)
  const values = new Map()
  const kinds = new Map()
  const helped = new Set()
  for (const line of answer.body.split('\n')) {
    const [, word, name, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (word === 'HELP') helped.add(name)
    if (word === 'TYPE') kinds.set(name, rest)
    const [, sample, value] = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? []
    if (sample) values.set(sample, Number(value))
  }
  assert.deepEqual([...helped].sort(), [...kinds.keys()].sort(), 'every family has a help text')
  return { values, kinds }
}

test('docs/metrics.md lists what is served, with its kind', async () => {
  const text = await readFile(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8')
  const listed = new Map([...text.matchAll(/^\| `(keyledger_[a-z_]+)` \| (\w+) \|/gm)].map(([, name, kind]) => [name, kind]))
  const { kinds } = await figures()
  assert.deepEqual([...listed].sort(), [...kinds].sort())
  for (const [name, kind] of kinds) assert.equal(name.endsWith('_total'), kind === 'counter', name)
})

test('calls, commits and accounts are counted', async () => {
  const before = (await figures()).values
  const key = await server.expect(201, 'POST', '/api/customer-keys', { name: 'Metered', rate_limit: 2 })
  const call = (text) => server.get('/api/stats/me', { token: null, headers: { 'x-api-key': text } })
  for (const [text, status] of [[key.key, 200], [key.key, 200], [key.key, 429], ['urt_nobody', 401]]) assert.equal((await call(text)).status, status)
  await server.expect(201, 'POST', '/api/websites', { name: 'Studio "A"', validity_hours: 1 })
  await server.expect(201, 'POST', '/api/rental-accounts', { website: 'Studio "A"', username: 'u', password: 'p' })
  const { values } = await figures()
  const grown = (sample) => values.get(sample) - (before.get(sample) ?? 0)
  assert.equal(grown('keyledger_admissions_total{verdict="valid"}'), 2)
  assert.equal(grown('keyledger_admissions_total{verdict="limit_exceeded"}'), 1)
  assert.equal(grown('keyledger_admissions_total{verdict="unknown_key"}'), 1)
  assert.equal(grown('keyledger_ledger_events_total'), 3)
  assert.equal(grown('keyledger_call_duration_seconds_count'), 3)
  assert.equal(values.get('keyledger_call_duration_seconds_bucket{le="+Inf"}'), values.get('keyledger_call_duration_seconds_count'))
  assert.ok(grown('keyledger_commit_duration_seconds_count') > 0)
  assert.ok(grown('keyledger_commit_pieces_sum') >= grown('keyledger_commit_pieces_count'))
  assert.equal(values.get('keyledger_free_accounts{website="Studio \\"A\\""}'), 1)
  assert.equal(values.get('keyledger_open_rentals'), 0)
  assert.ok(values.get('keyledger_http_connections') >= 1)
  assert.ok(values.get('keyledger_process_open_fds') > 3)
  assert.ok(values.get('keyledger_process_resident_memory_bytes') > 1e6)
  assert.ok(Math.abs(values.get('keyledger_process_start_time_seconds') - Date.now() / 1000) < 3600)
  assert.ok([...values.keys()].some((sample) => /^keyledger_build_info\{.*version="\d/.test(sample)))
})

test('it is free on this machine, and takes a token with scope read through a proxy', async () => {
  const reader = await server.makeToken('prometheus', 'read')
  const verifier = await server.makeToken('gateway', 'verify')
  const proxied = { 'x-forwarded-for': '192.0.2.7' }
  assert.equal((await server.get('/metrics', { token: null })).status, 200)
  assert.equal((await server.get('/metrics', { token: null, headers: proxied })).status, 401)
  assert.equal((await server.get('/metrics', { token: verifier, headers: proxied })).status, 403)
  assert.equal((await server.get('/metrics', { token: reader, headers: proxied })).status, 200)
})

test('no figure gives a secret away', async () => {
  const { body } = await server.get('/metrics', { token: null })
  for (const secret of ['kla_', 'urt_', 'sk-', server.password]) assert.ok(!body.includes(secret), secret)
})
