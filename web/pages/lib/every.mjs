// Every page and dialog at one width, in both themes: accessible, not too wide, silent. A file of tests for each width, so
// that they run beside each other.
import { test } from 'node:test'
import { open, settled, SIZES, sound } from './browser.mjs'
import { fixture } from './fixture.mjs'
import { PAGES } from './pages.mjs'

// The browser itself reports every 401, and that nobody is signed in is how /login begins.
const EXPECTED = { login: ['401'] }

/** Defines the tests of the width `size`, a key of SIZES; answers their fixture. */
export function everyPage(size) {
  const it = fixture()
  const profiles = {} // one for each theme, whose cache has the files; /login has one of its own
  const pageFor = async (t, dark, path) => {
    if (path === '/login') {
      const page = await open(it.browser, { size, dark })
      t.after(() => page.context().close())
      return page
    }
    const page = (profiles[dark] ??= await open(it.browser, { size, dark, storageState: it.storageState }))
    page.said.length = 0
    return page
  }
  for (const dark of [false, true]) {
    for (const [name, { path, act }] of Object.entries(PAGES)) {
      test(`${name} at ${SIZES[size].width} px, ${dark ? 'dark' : 'light'}`, async (t) => {
        const page = await pageFor(t, dark, path)
        await page.goto(it.server.url + path)
        await settled(page)
        await act?.(page)
        await sound(page, name, { expected: EXPECTED[name] })
      })
    }
  }
  return it
}
