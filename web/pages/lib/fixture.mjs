// A server with the demo's data, a browser, and one signed-in profile, for all tests of one file.
import { after, before } from 'node:test'
import { launch, open, settled, signIn } from './browser.mjs'
import { startServer } from './server.mjs'

/** `start` answers the server. The object that comes back is filled before the first test. */
export function fixture(start = () => startServer()) {
  const made = {}
  before(async () => {
    made.server = await start()
    made.browser = await launch()
    const page = await open(made.browser)
    made.storageState = await signIn(page, made.server)
    await page.context().close()
  })
  after(async () => {
    await made.browser?.close()
    await made.server?.stop()
  })
  /** A signed-in page at a path; `prepare` may bend answers before it loads. */
  made.visit = async (t, path, { prepare, wait = true, ...options } = {}) => {
    const page = await open(made.browser, { storageState: made.storageState, ...options })
    t.after(() => page.context().close())
    await prepare?.(page)
    await page.goto(made.server.url + path)
    if (wait) await settled(page)
    return page
  }
  return made
}
