// What the dashboard asks about usage: parts and several breakdowns at once, changes, the table by key with its order, search
// and pages, files of all of it, and the count of open problems.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { sumOf } from './lib/decimal.mjs'
import { until } from './lib/network.mjs'
import { Organization, dayText, today } from './lib/organization.mjs'
import { startPretendProvider } from './lib/pretend_provider.mjs'
import { Server, serverForThisFile } from './lib/server.mjs'

const openai = new Organization('openai', 'report-a', { historyDays: 60, keysPerProject: 5 })
const anthropic = new Organization('anthropic', 'report-b', { historyDays: 60 })
const usd = (cost) => cost.find((each) => each.currency === 'USD')
/** Equal but for the last decimals: each part of a sum was rounded for itself. */
const nearly = (text, want, what) => assert.ok(Math.abs(Number(text) - Number(want)) < 1e-6, `${what}: ${text}, not ${want}`)
const wanted = (days) => sumOf([openai, anthropic].flatMap((each) => each.expected(today() - days + 1, today()).amounts))

let server
let provider
let accounts
serverForThisFile(
  async (started) => {
    server = started
    accounts = [await server.account('first@example.com'), await server.account('second@example.com')]
    await server.addKey(accounts[0], openai.adminKey, { name: 'Admin of A' })
    await server.addKey(accounts[1], anthropic.adminKey, { name: 'Admin of B' })
    for (const [index, key] of openai.keys.entries()) await server.addKey(accounts[0], key.text, { name: `Key ${String.fromCharCode(97 + index)}` })
    await server.refresh()
    await until(async () => {
      const report = await server.expect(200, 'GET', '/api/usage?days=60&parts=totals')
      const sync = await server.expect(200, 'GET', '/api/usage/sync')
      return usd(report.totals.cost)?.amount === wanted(60) && !sync.backfilling
    }, { seconds: 90, every: 200, what: 'the figures of 60 days' })
  },
  async () => {
    provider = await startPretendProvider()
    provider.add(openai)
    provider.add(anthropic)
    return { env: { ...provider.environment, KEYLEDGER_TIMEZONE: 'Europe/Berlin' } }
  },
)
test.after(() => provider?.close())

/** Every page of the table, and how many there were. */
async function pages(query, limit) {
  const lines = []
  let cursor = null
  let count = 0
  do {
    const page = await server.expect(200, 'GET', `/api/usage/keys?${query}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`)
    lines.push(...page.data)
    cursor = page.next_cursor
    count += 1
  } while (cursor)
  return { lines, count }
}

/** The cells of a file that has no quotes in it. */
function cells(text) {
  const [head, ...rows] = text.trimEnd().split('\r\n').map((line) => line.split(','))
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [head[index], cell])))
}

describe('/api/usage', () => {
  test('several breakdowns and some parts come in one answer', async () => {
    const report = await server.expect(200, 'GET', '/api/usage?days=30&group_by=provider,account,hour_of_week&parts=totals,series,groups,problems,budgets')
    assert.equal(report.group_by, null)
    assert.deepEqual(report.parts, ['totals', 'series', 'groups', 'problems', 'budgets'])
    assert.deepEqual(Object.keys(report.groups_by).sort(), ['account', 'hour_of_week', 'provider'])
    assert.equal(report.series.length, 30)
    for (const empty of ['keys', 'groups', 'unpriced', 'sources']) assert.deepEqual(report[empty], [], empty)
    for (const by of ['provider', 'account']) nearly(sumOf(report.groups_by[by].map((each) => usd(each.cost).amount)), wanted(30), by)
    const whole = await server.expect(200, 'GET', '/api/usage?days=30&group_by=provider')
    assert.deepEqual(whole.groups, report.groups_by.provider)
    assert.deepEqual(whole.groups_by, { provider: whole.groups })
    assert.deepEqual(whole.totals, report.totals)
    assert.equal(whole.parts.length, 8)
  })

  test('tokens and the cost of a thousand requests are told, and those of the period before', async () => {
    const report = await server.expect(200, 'GET', '/api/usage?days=30&provider=openai&parts=totals')
    const want = openai.expected(today() - 29, today())
    assert.equal(report.totals.tokens, want.input_tokens + want.output_tokens)
    const exact = (Number(sumOf(want.amounts)) * 1000) / want.requests
    assert.ok(Math.abs(Number(usd(report.totals.cost_per_thousand).amount) - exact) < 1e-6)
    assert.deepEqual([report.previous_from, report.previous_to], [dayText(today() - 59), dayText(today() - 30)])
    assert.equal(usd(report.previous.cost).amount, sumOf(openai.expected(today() - 59, today() - 30).amounts))
    assert.equal(report.timezone, 'Europe/Berlin')
    assert.deepEqual(report.gaps, [])
    assert.ok(Date.parse(report.complete_until) <= Date.now())
  })

  test('changes compare what has elapsed of both periods', async () => {
    const range = `from=${dayText(today() - 20)}&to=${dayText(today() - 11)}`
    const report = await server.expect(200, 'GET', `/api/usage?${range}&provider=openai&parts=totals`)
    const after = openai.expected(today() - 20, today() - 11)
    const before = openai.expected(today() - 30, today() - 21)
    const permille = (now, then) => Math.round(((now - then) * 1000) / then)
    assert.equal(report.changes.tokens, permille(after.input_tokens + after.output_tokens, before.input_tokens + before.output_tokens))
    assert.equal(report.changes.requests, permille(after.requests, before.requests))
    assert.ok(Math.abs(report.changes.cost - permille(Number(sumOf(after.amounts)), Number(sumOf(before.amounts)))) <= 1)
    const early = await server.expect(200, 'GET', `/api/usage?from=${dayText(today() - 400)}&to=${dayText(today() - 395)}&parts=totals`)
    assert.deepEqual(early.changes, { cost: null, requests: null, tokens: null, cost_per_thousand: null })
  })

  test('the hours of the week are those of the zone, with how often each occurred', async () => {
    const report = await server.expect(200, 'GET', '/api/usage?days=14&group_by=hour_of_week&parts=groups')
    assert.equal(report.groups.length, 168)
    for (const hour of report.groups) assert.ok(hour.occurrences >= 1 && hour.occurrences <= 3, JSON.stringify(hour))
    const busy = report.groups.filter((each) => each.tokens > 0)
    assert.ok(busy.length > 0)
    for (const hour of busy) assert.ok(Math.abs(Number(hour.average.tokens) - hour.tokens / hour.occurrences) < 0.001, JSON.stringify(hour))
  })

  test('held keys are counted by status, under the filters', async () => {
    const of = async (query) => (await server.expect(200, 'GET', `/api/usage?parts=totals${query}`)).key_counts
    const all = await of('')
    assert.equal(all.total, openai.keys.length + 2)
    assert.equal(all.total, all.valid + all.valid_but_restricted + all.rate_limited + all.unreachable + all.invalid + all.unknown)
    assert.equal((await of(`&account_id=${accounts[1].id}`)).total, 1)
    assert.equal((await of('&provider=openai')).total, openai.keys.length + 1)
  })

  test('an account is the sum of its keys', async () => {
    const report = await server.expect(200, 'GET', `/api/usage?days=30&account_id=${accounts[0].id}&group_by=provider,model,key,hour_of_week`)
    const want = sumOf(openai.expected(today() - 29, today()).amounts)
    assert.equal(usd(report.totals.cost).amount, want)
    for (const by of ['provider', 'key']) nearly(sumOf(report.groups_by[by].flatMap((each) => each.cost.map((cost) => cost.amount))), want, by)
  })

  test('words that there are not are refused', async () => {
    for (const query of ['group_by=provider,colour', 'group_by=provider,', 'group_by=', 'parts=keys,colours']) await server.refused(400, 'unknown_value', 'GET', `/api/usage?${query}`)
    const twice = await server.expect(200, 'GET', '/api/usage?group_by=provider,provider&parts=groups,groups')
    assert.equal(twice.group_by, 'provider')
  })
})

describe('/api/usage/keys', () => {
  test('its totals and its lines are those of the report', async () => {
    const list = await server.expect(200, 'GET', '/api/usage/keys?days=30&limit=500')
    const report = await server.expect(200, 'GET', '/api/usage?days=30')
    assert.equal(list.count, report.keys.length)
    assert.equal(list.all_count, list.count)
    assert.equal(usd(list.totals.cost).amount, usd(report.totals.cost).amount)
    assert.equal(list.totals.tokens, report.totals.tokens)
    assert.deepEqual(new Set(list.data.map((each) => each.name)), new Set(report.keys.map((each) => each.name)))
    assert.deepEqual([list.from, list.to, list.timezone], [report.from, report.to, 'Europe/Berlin'])
  })

  test('every order is an order, both ways, with what is not known at the end', async () => {
    const values = {
      name: (key) => key.name.toLowerCase(),
      account: (key) => key.account_name.toLowerCase(),
      requests: (key) => key.requests,
      tokens: (key) => key.tokens,
      cost: (key) => (usd(key.cost) ? Number(usd(key.cost).amount) : null),
      cost_per_thousand: (key) => (usd(key.cost_per_thousand) ? Number(usd(key.cost_per_thousand).amount) : null),
      last_used: (key) => key.last_used,
    }
    for (const [sort, value] of Object.entries(values)) {
      for (const order of ['asc', 'desc']) {
        const list = await server.expect(200, 'GET', `/api/usage/keys?days=30&limit=500&sort=${sort}&order=${order}`)
        const seen = list.data.map(value)
        const known = seen.filter((each) => each !== null)
        assert.deepEqual(seen.slice(0, known.length), known, `${sort} ${order}: unknown values are last`)
        for (let i = 1; i < known.length; i++) {
          const [left, right] = order === 'asc' ? [known[i - 1], known[i]] : [known[i], known[i - 1]]
          assert.ok(left <= right, `${sort} ${order}: ${known}`)
        }
      }
    }
    const natural = async (sort) => (await server.expect(200, 'GET', `/api/usage/keys?limit=500&sort=${sort}`)).data.map((each) => each.name)
    const ordered = async (sort, order) => (await server.expect(200, 'GET', `/api/usage/keys?limit=500&sort=${sort}&order=${order}`)).data.map((each) => each.name)
    assert.deepEqual(await natural('cost'), await ordered('cost', 'desc'))
    assert.deepEqual(await natural('name'), await ordered('name', 'asc'))
    assert.deepEqual((await server.expect(200, 'GET', '/api/usage/keys?limit=500')).data.map((each) => each.name), await natural('cost'))
  })

  test('pages are the whole list once, also where all values are equal', async () => {
    const whole = await server.expect(200, 'GET', '/api/usage/keys?limit=500&sort=status')
    assert.equal(whole.next_cursor, null)
    for (const limit of [1, 3, whole.count - 1, whole.count]) {
      const { lines, count } = await pages('sort=status', limit)
      assert.deepEqual(lines, whole.data)
      assert.equal(count, Math.ceil(whole.count / limit))
    }
  })

  test('a cursor belongs to its list, its order and its filters', async () => {
    const { next_cursor: cursor } = await server.expect(200, 'GET', '/api/usage/keys?limit=2&sort=name')
    await server.expect(200, 'GET', `/api/usage/keys?limit=3&sort=name&cursor=${cursor}`)
    for (const query of ['limit=2', 'limit=2&sort=cost', 'limit=2&sort=name&order=desc', 'limit=2&sort=name&q=key', 'limit=2&sort=name&days=7']) {
      await server.refused(400, 'malformed_cursor', 'GET', `/api/usage/keys?${query}&cursor=${cursor}`)
    }
    await server.refused(400, 'malformed_cursor', 'GET', '/api/usage/keys?cursor=nonsense')
  })

  test('filters narrow down, and the totals with them', async () => {
    const of = (query) => server.expect(200, 'GET', `/api/usage/keys?days=30&${query}`)
    const all = await of('')
    const found = await of('q=kEY+A')
    assert.deepEqual(found.data.map((each) => each.name), ['Key a'])
    assert.deepEqual([found.count, found.all_count], [1, all.all_count])
    assert.deepEqual(found.totals.cost, found.data[0].cost)
    const mine = await of(`account_id=${accounts[1].id}`)
    assert.ok(mine.data.every((each) => each.account_id === accounts[1].id))
    assert.equal(usd(mine.totals.cost).amount, sumOf(anthropic.expected(today() - 29, today()).amounts))
    assert.ok((await of('provider=anthropic')).data.every((each) => each.provider === 'anthropic'))
    assert.ok((await of('kind=held')).data.every((each) => each.kind === 'held'))
    assert.equal((await of('kind=gone')).count, 0)
    assert.equal((await of('status=deleted')).count, 0)
    const none = await of('q=nothing+like+this')
    assert.deepEqual([none.data, none.count, none.next_cursor], [[], 0, null])
    const status = all.data[0].status
    assert.ok((await of(`status=${status}`)).data.every((each) => each.status === status))
  })

  test('a key tells when it was used last', async () => {
    const list = await server.expect(200, 'GET', '/api/usage/keys?days=30&limit=500')
    const used = list.data.filter((each) => each.name.startsWith('Key ') && each.tokens > 0)
    assert.ok(used.length > 0)
    for (const key of used) {
      assert.match(key.last_used, /^\d{4}-\d{2}-\d{2}$/)
      assert.ok(Date.parse(key.last_used_at) <= Date.now(), JSON.stringify(key))
    }
  })

  test('questions that make no sense are refused', async () => {
    for (const [query, status, code] of [
      ['sort=colour', 400, 'unknown_value'], ['order=up', 400, 'unknown_value'], ['kind=key', 400, 'unknown_value'], ['limit=0', 400, 'out_of_range'], ['limit=501', 400, 'out_of_range'],
      ['days=0', 400, 'invalid_days'], ['from=2026-11-02&to=2026-11-01', 400, 'range_reversed'], ['provider=acme', 400, 'unknown_provider'],
      ['account_id=999', 404, 'unknown_account'], ['account_id=x', 400, 'malformed_id'], [`q=${'x'.repeat(201)}`, 400, 'too_long'], [`status=${'x'.repeat(201)}`, 400, 'too_long'],
      ['key_id=1', 400, 'unknown_parameter'], ['group_by=key', 400, 'unknown_parameter'],
    ]) await server.refused(status, code, 'GET', `/api/usage/keys?${query}`)
  })
})

describe('files', () => {
  const file = async (target) => {
    const answer = await server.call('GET', target)
    assert.equal(answer.status, 200, answer.body)
    assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
    return { name: /filename="(.*)"/.exec(answer.headers['content-disposition'])[1], rows: cells(answer.body) }
  }

  test('the table by key is the list, in its order, under its filters', async () => {
    const list = await server.expect(200, 'GET', '/api/usage/keys?days=30&limit=500&sort=name&kind=held')
    const { name, rows } = await file('/api/usage/keys.csv?days=30&sort=name&kind=held')
    assert.equal(name, `usage-keys_${dayText(today() - 29)}_${dayText(today())}_Europe-Berlin.csv`)
    assert.deepEqual(rows.map((each) => each.name), list.data.map((each) => each.name))
    assert.deepEqual(rows.map((each) => each.cost), list.data.map((each) => each.cost[0]?.amount ?? ''))
    assert.deepEqual(rows.map((each) => each.requests), list.data.map((each) => String(each.requests ?? '')))
    assert.ok(!JSON.stringify(rows).includes(openai.keys[0].text))
  })

  test('the days of the providers add up to the total, and so do groups', async () => {
    const { name, rows } = await file('/api/usage.csv?days=30')
    assert.equal(name, `usage_${dayText(today() - 29)}_${dayText(today())}_Europe-Berlin.csv`)
    nearly(sumOf(rows.filter((each) => each.cost).map((each) => each.cost)), wanted(30), 'days')
    assert.equal(new Set(rows.map((each) => each.day)).size, 30)
    for (const by of ['provider', 'account', 'model', 'day', 'key']) {
      const { rows: groups } = await file(`/api/usage.csv?days=30&group_by=${by}`)
      nearly(sumOf(groups.filter((each) => each.cost).map((each) => each.cost)), wanted(30), by)
    }
    assert.equal((await file('/api/usage.csv?days=14&group_by=hour_of_week')).rows.length, 168)
  })

  test('what a file cannot be asked is refused before it begins', async () => {
    await server.refused(400, 'unknown_value', 'GET', '/api/usage.csv?group_by=day,provider')
    await server.refused(400, 'unknown_parameter', 'GET', '/api/usage.csv?parts=keys')
    await server.refused(400, 'unknown_parameter', 'GET', '/api/usage/keys.csv?limit=3')
    await server.refused(404, 'unknown_account', 'GET', '/api/usage/keys.csv?account_id=999')
    await server.refused(401, 'unauthenticated', 'GET', '/api/usage.csv', undefined, { token: null })
  })

  test('a name that a spreadsheet would take for a formula is made harmless', async (t) => {
    const other = await Server.start(t)
    const account = await other.expect(201, 'POST', '/api/accounts', { email: 'x@example.com', name: '=2+2' })
    await other.addKey(account, new Organization('openai', 'formula').adminKey, { name: '@SUM(A1)' })
    const answer = await other.call('GET', '/api/usage/keys.csv')
    const [row] = cells(answer.body)
    assert.deepEqual([row.name, row.account], ["'@SUM(A1)", "'=2+2"])
  })
})

describe('/api/problems', () => {
  test('counts what the report lists, and the report says what to do', async (t) => {
    assert.deepEqual(await server.expect(200, 'GET', '/api/problems'), { open_problems: 0, worst: null })
    provider.misbehave({ key: anthropic.adminKey }, { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }) })
    await server.refresh()
    const open = await until(async () => {
      const answer = await server.expect(200, 'GET', '/api/problems')
      return answer.open_problems > 0 && answer
    }, { what: 'a problem' })
    const { problems } = await server.expect(200, 'GET', '/api/usage?parts=problems')
    assert.equal(open.open_problems, problems.length)
    assert.equal(open.worst, problems[0].severity)
    assert.equal(problems[0].title, 'Anthropic rejects this key')
    assert.equal(problems[0].id, `key-${problems[0].key_id}-key_rejected`)
    assert.match(problems[0].action_url, /^https:\/\//)
    await server.refused(401, 'unauthenticated', 'GET', '/api/problems', undefined, { token: null })
    t.diagnostic(`${problems.length} open`)
  })
})
