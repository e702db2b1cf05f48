// Every page and dialog, at each width, in both themes: accessible, not too wide, silent.
import { test } from 'node:test'
import { open, settled, SIZES, sound } from './lib/browser.mjs'
import { fixture } from './lib/fixture.mjs'
import { PAGES } from './lib/pages.mjs'

const it = fixture()
// The browser itself reports every 401, and that nobody is signed in is how /login begins.
const EXPECTED = { login: ['401'] }

/** One profile for each size and theme, whose cache has the files; /login has one of its own. */
const profiles = {}
async function pageFor(t, size, dark, path) {
  if (path === '/login') {
    const page = await open(it.browser, { size, dark })
    t.after(() => page.context().close())
    return page
  }
  const page = (profiles[`${size} ${dark}`] ??= await open(it.browser, { size, dark, storageState: it.storageState }))
  page.said.length = 0
  return page
}

for (const size of Object.keys(SIZES)) {
  for (const dark of [false, true]) {
    for (const [name, { path, act }] of Object.entries(PAGES)) {
      test(`${name} at ${SIZES[size].width} px, ${dark ? 'dark' : 'light'}`, async (t) => {
        const page = await pageFor(t, size, dark, path)
        await page.goto(it.server.url + path)
        await settled(page)
        await act?.(page)
        await sound(page, name, { expected: EXPECTED[name] })
      })
    }
  }
}

test('at 320 px, as with text at twice the size, nothing needs sideways scrolling', async (t) => {
  for (const path of ['/my/usage', '/my/keys', '/settings/access', '/activity']) {
    const page = await it.visit(t, path, { size: 'phone' })
    await page.setViewportSize({ width: 320, height: 720 })
    await sound(page, `${path} at 320 px`)
  }
})
