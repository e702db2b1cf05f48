// Every page and dialog that the tests and the screenshots go through: name, path, and what is done there first.
const press = (name) => async (page) => {
  await page.getByRole('button', { name, exact: true }).first().click()
  await page.waitForTimeout(200)
}

export const PAGES = {
  login: { path: '/login' },
  usage: { path: '/my/usage' },
  'usage-table': { path: '/my/usage?view=table&metric=requests&days=7' },
  keys: { path: '/my/keys' },
  key: { path: '/my/keys/2', act: (page) => page.waitForTimeout(400) },
  'key-rejected': { path: '/my/keys/4', act: (page) => page.waitForTimeout(400) },
  accounts: { path: '/my/accounts?open=1' },
  activity: { path: '/activity', act: press('Verify') },
  'settings-general': { path: '/settings/general' },
  'settings-providers': { path: '/settings/providers' },
  'settings-access': { path: '/settings/access' },
  'settings-data': { path: '/settings/data' },
  'settings-about': { path: '/settings/about' },
  'not-found': { path: '/nowhere' },
  'add-key': {
    path: '/my/keys',
    act: async (page) => {
      await press('Add key')(page)
      await page.getByLabel('Key', { exact: true }).fill('sk-ant-api03-0123456789')
      await page.waitForTimeout(600)
    },
  },
}
