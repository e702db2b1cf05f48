// Screenshots of every page: `npm run shots [-- NAME...]` into build/shots, `npm run shots -- --docs` into ../docs/screenshots.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { launch, open, settled, signIn } from '../pages/lib/browser.mjs'
import { PAGES } from '../pages/lib/pages.mjs'
import { startServer } from '../pages/lib/server.mjs'

const args = process.argv.slice(2)
const docs = args.includes('--docs')
const only = args.filter((each) => !each.startsWith('--'))
const folder = path.resolve(import.meta.dirname, docs ? '../../docs/screenshots' : '../build/shots')
/** Of a phone the documentation shows a few. */
const ON_PHONES = ['usage', 'customer-keys', 'customer-activity', 'rentals-open', 'report-peak-times']
mkdirSync(folder, { recursive: true })

const server = await startServer()
const browser = await launch()
try {
  const first = await open(browser)
  const storageState = await signIn(first, server)
  await first.context().close()
  for (const size of docs ? ['desktop', 'phone'] : ['desktop', 'tablet', 'phone']) {
    for (const dark of [false, true]) {
      for (const [name, { path: target, act }] of Object.entries(PAGES)) {
        const file = `${name}-${size}-${dark ? 'dark' : 'light'}`
        if (docs && size === 'phone' && !ON_PHONES.includes(name)) continue
        if (only.length && !only.some((each) => file.includes(each))) continue
        const page = await open(browser, { size, dark, storageState: target === '/login' ? undefined : storageState })
        await page.goto(server.url + target)
        await settled(page)
        await act?.(page)
        await page.screenshot({ path: path.join(folder, `${file}.png`), fullPage: !act && !docs })
        console.log(file, page.said.length ? page.said : '')
        await page.context().close()
      }
    }
  }
} finally {
  await browser.close()
  await server.stop()
}
