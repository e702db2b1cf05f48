// A slow phone (a quarter of the CPU, 3.2 Mbit/s) and 1,000 keys: first paint under 1 s, data under 2.5 s, filtering under 100 ms.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixture } from './lib/fixture.mjs'
import { owner, startServer } from './lib/server.mjs'
import { keyText } from '../../tests/e2e/lib/organization.mjs'

const KEYS = 1000
const it = fixture(async () => {
  const server = await startServer()
  const call = await owner(server)
  for (let i = 0; i < KEYS; i += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, at) => call('POST', '/api/keys', { name: `key ${i + at}`, full_key: keyText.openaiProject(`speed${i + at}`), account_id: 1 })))
  }
  return server
})

async function slow(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 60, downloadThroughput: 3.2e6 / 8, uploadThroughput: 1e6 / 8 })
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}
/** Notes the frame that first shows a figure; asking from outside would also wait for whatever runs after it. */
const watch = (page) =>
  page.addInitScript(() => {
    const wanted = () => document.querySelector('.stat .value, tbody tr')
    const look = new MutationObserver(() => {
      if (!wanted()) return
      look.disconnect()
      requestAnimationFrame((now) => (window.firstFigure = now))
    })
    look.observe(document, { childList: true, subtree: true })
  })
/** `./dev pages` judges the aims on a quiet machine. Anywhere else they are told, and only three times as much is a failure: no
 *  machine that others use as well can be held to the millisecond. */
const ALLOWANCE = process.env.KEYLEDGER_JUDGE_TIMES ? 1 : 3
/** Of several tries the best: what disturbs only ever adds. */
const TRIES = 3
const TIMES = () => ({ paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, data: window.firstFigure, bytes: performance.getEntriesByType('resource').filter((each) => !each.name.includes('/api/')).reduce((sum, each) => sum + each.transferSize, 0) })

async function load(t, path) {
  const page = await it.visit(t, path, { size: 'phone', wait: false, prepare: async (made) => (await watch(made), slow(made)) })
  await page.waitForFunction(() => window.firstFigure)
  const times = await page.evaluate(TIMES)
  await page.context().close()
  return times
}

for (const path of ['/my/usage', '/my/keys']) {
  test(`${path}: first paint within 1 s, figures within 2.5 s`, async (t) => {
    const tries = []
    for (let i = 0; i < TRIES; i++) tries.push(await load(t, path))
    const best = (name) => Math.min(...tries.map((each) => each[name]))
    t.diagnostic(`first paint ${Math.round(best('paint'))} ms, data ${Math.round(best('data'))} ms, ${Math.round(best('bytes') / 1024)} KiB of page`)
    assert.ok(best('paint') < 1000 * ALLOWANCE, `first paint ${best('paint')} ms`)
    assert.ok(best('data') < 2500 * ALLOWANCE, `data ${best('data')} ms`)
  })
}

/** Milliseconds from a press to rows for which `done` holds. */
const timed = (page, press, done) =>
  page.evaluate(
    async ([press, done]) => {
      const [act, finished] = [new Function(press), new Function(`return ${done}`)]
      const start = performance.now()
      act()
      while (!finished()) await new Promise((again) => setTimeout(again, 4))
      return performance.now() - start
    },
    [press, done],
  )

test('filtering and sorting 1,000 keys answers within 100 ms', async (t) => {
  const filter = `const s = document.querySelector('select[aria-label="Provider"]'); s.value = 'brave'; s.dispatchEvent(new Event('change', { bubbles: true }))`
  const sort = `[...document.querySelectorAll('thead button')].find((each) => /Key|Name/.test(each.textContent)).click()`
  const took = { filter: [], sort: [] }
  for (let i = 0; i < TRIES; i++) {
    const page = await it.visit(t, '/my/keys')
    await page.context().newCDPSession(page).then((session) => session.send('Page.setBypassCSP', { enabled: true }))
    await page.reload()
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50)
    const first = await page.locator('tbody tr').first().innerText()
    took.sort.push(await timed(page, sort, `document.querySelector('tbody tr').innerText !== ${JSON.stringify(first)}`))
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 50)
    took.filter.push(await timed(page, filter, `document.querySelectorAll('tbody tr').length < 5`))
    await page.context().close()
  }
  for (const [name, times] of Object.entries(took)) {
    t.diagnostic(`${name} ${Math.round(Math.min(...times))} ms`)
    assert.ok(Math.min(...times) < 100 * ALLOWANCE, `${name}: ${times} ms`)
  }
})
