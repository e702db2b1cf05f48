// Debian's Chromium through playwright-core, and what every page is held to.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The widths every page is looked at in: each has its every-NAME.test.mjs. */
export const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } }

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP keyledger.test 127.0.0.1'] })

/** A page of a new browser profile. `page.said` gathers errors of the console and of the content-security policy. */
export async function open(browser, { size = 'desktop', dark = false, storageState, locale = 'en-GB' } = {}) {
  const phone = size === 'phone'
  const context = await browser.newContext({
    viewport: SIZES[size], colorScheme: dark ? 'dark' : 'light', hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1,
    locale, timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', storageState,
  })
  const page = await context.newPage()
  page.said = []
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.said.push(message.text()))
  page.on('pageerror', (error) => page.said.push(`page error: ${error.message}`))
  return page
}

/** Signs in on the page /login, as a person does; answers the state of the profile for further pages. */
export async function signIn(page, server, next = '/my/usage') {
  await page.goto(server.url + next)
  await page.getByLabel('Owner password').fill(server.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname === next.split('?')[0])
  return page.context().storageState()
}

/** Waits until the page has settled: no busy panel, no grey blocks, fonts there. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, .blank') && !document.querySelector('[aria-busy="true"]'), null, { timeout: 15_000 })
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(60)
}

/** Violations of WCAG 2.2 AA and axe's best practice, as lines; the page's own policy would not let axe in. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Page.setBypassCSP', { enabled: true })
  const expression = `${AXE};axe.run(document,{runOnly:${JSON.stringify(RULES)}}).then((r)=>JSON.stringify(r.violations.map((v)=>v.id+' ('+v.impact+'): '+v.nodes.slice(0,4).map((n)=>n.target.join(' ')+' '+(n.any[0]?.message??n.all[0]?.message??n.none[0]?.message??'')).join(' | '))))`
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, allowUnsafeEvalBlockedByCSP: true })
  await session.send('Page.setBypassCSP', { enabled: false })
  await session.detach()
  assert.ok(!exceptionDetails, exceptionDetails?.exception?.description)
  return JSON.parse(result.value)
}

/** How many pixels the page is wider than the window. */
export const sideways = (page) => page.evaluate(() => Math.max(document.documentElement.scrollWidth - document.documentElement.clientWidth, Math.round(visualViewport.width) < innerWidth - 1 ? innerWidth - visualViewport.width : 0))

/** Fails unless the page as it stands is accessible, not too wide, and has said nothing. `expected` are errors a test provokes. */
export async function sound(page, where, { expected = [] } = {}) {
  assert.deepEqual(await violations(page), [], `${where}: accessibility`)
  assert.equal(await sideways(page), 0, `${where}: it scrolls sideways`)
  const said = page.said.filter((line) => !expected.some((each) => line.includes(each)))
  assert.deepEqual(said, [], `${where}: the console`)
}
