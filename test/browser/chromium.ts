/** How Chromium is started for tests: Debian's own, quiet, and never talking to anybody but the box. */
import type { LaunchOptions } from 'playwright-core'

export const browserOptions: LaunchOptions = {
  // In another locale it keeps no file under a Chinese name.
  env: { ...process.env, LANG: 'C.UTF-8' },
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}
