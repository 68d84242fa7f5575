/**
 * A person at a browser of their own: real Chromium on a home folder of its own, with a real NSS certificate store, into which root and
 * PKCS#12 are imported as a person would. Chromium chooses the certificate by a policy for the box's address; the folder of policies is the
 * machine's, so each box has a file of its own there, removed when it is done.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { browserOptions } from './chromium.ts'

const policies = '/etc/chromium/policies/managed'
/** The box of a test shares two cores with browsers and other tests, and makes the signer when it is first asked for. */
const maxWaitMs = 90_000

export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  /** Where downloads are kept. */
  readonly folder: string
  /** Imports a .p12 as `pk12util` does; the browser shows it from its next start on. */
  importPkcs12(file: string, passphrase: string): void
  /** Imports a key and certificate in PEM, by way of a PKCS#12 of openssl's. */
  importKey(identity: { readonly key: string; readonly cert: string }): void
  /** Starts the browser anew with the same home, as after an import. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Whether what it takes is installed. */
export function canBrowse(): boolean {
  return ['certutil', 'pk12util', 'chromium'].every(
    (tool) => spawnSync('which', [tool]).status === 0,
  )
}

/**
 * Lets Chromium show whatever certificate its store has to localhost; gives what takes that back. Of several files with this policy
 * Chromium heeds one, so all say the same, and each process removes its own.
 */
export function chooseCertificates(): () => void {
  const file = join(policies, `sealbox-test-${String(process.pid)}.json`)
  const rule = JSON.stringify({ pattern: 'https://localhost', filter: {} })
  mkdirSync(policies, { recursive: true })
  writeFileSync(file, JSON.stringify({ AutoSelectCertificateForUrls: [rule] }))
  return () => {
    rmSync(file, { force: true })
  }
}

/** A new person with an empty store that trusts the root. */
export async function newPerson(options: {
  readonly rootPem: string
  readonly language?: 'zh-CN' | 'en-GB'
  readonly width?: number
}): Promise<Person> {
  const { rootPem, language = 'zh-CN', width = 1366 } = options
  const home = mkdtempSync(join(tmpdir(), 'sealbox-person-'))
  const store = join(home, '.pki', 'nssdb')
  mkdirSync(store, { recursive: true })
  const db = `sql:${store}`
  tool('certutil', '-d', db, '-N', '--empty-password')
  const root = join(home, 'root.pem')
  writeFileSync(root, rootPem)
  tool('certutil', '-d', db, '-A', '-t', 'CT,C,C', '-n', 'root', '-i', root)
  const start = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await chromium.launchPersistentContext(join(home, 'profile'), {
      ...browserOptions,
      env: { ...browserOptions.env, HOME: home },
      locale: language,
      viewport: { width, height: width < 500 ? 844 : 768 },
      acceptDownloads: true,
    })
    context.setDefaultTimeout(maxWaitMs)
    return { context, page: context.pages()[0] ?? (await context.newPage()) }
  }
  let now = await start()
  const importPkcs12 = (file: string, passphrase: string): void => {
    tool('pk12util', '-d', db, '-i', file, '-W', passphrase, '-K', '')
  }
  return {
    get context() {
      return now.context
    },
    get page() {
      return now.page
    },
    folder: home,
    importPkcs12,
    importKey: ({ key, cert }) => {
      const [pem, p12] = [join(home, 'key.pem'), join(home, 'key.p12')]
      writeFileSync(pem, key + cert)
      tool('openssl', 'pkcs12', '-export', '-in', pem, '-out', p12, '-passout', 'pass:import')
      importPkcs12(p12, 'import')
    },
    restart: async () => {
      await now.context.close()
      now = await start()
    },
    close: async () => {
      await now.context.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function tool(name: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(name, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name}: ${stderr}`)
}
