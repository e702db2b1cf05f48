import { test } from 'node:test'
import { sound } from './lib/browser.mjs'
import { everyPage } from './lib/every.mjs'

const it = everyPage('phone')

test('at 320 px, as with text at twice the size, nothing needs sideways scrolling', async (t) => {
  for (const path of ['/my/usage', '/my/keys', '/settings/access', '/activity']) {
    const page = await it.visit(t, path, { size: 'phone' })
    await page.setViewportSize({ width: 320, height: 720 })
    await sound(page, `${path} at 320 px`)
  }
})
