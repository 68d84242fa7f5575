/** What a box in the image answers while it waits for somebody at its console. */
import { request as plainRequest } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { createHash } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import test from 'ava'
import { readBoxState, type BoxState } from '../../appliance/box/box_state.ts'
import { leavePassphrase, stampOf, withdrawPassphrase } from '../../appliance/console/unlock.ts'
import { openServiceManager } from '../../appliance/box/service_manager.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { fetchRoot } from '../../appliance/unit/root.ts'
import { initIn } from './ceremony/production.ts'
import { temporaryFolder } from './places.ts'
import { waitAtConsole, waitServing } from '../../appliance/box/waiting.ts'

interface Answered {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

const asked = (port: number, more: RequestOptions): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, rejectUnauthorized: false, agent: false, ...more },
      (response) => {
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString('utf8')))
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, text })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(more.method === 'POST' ? 'x'.repeat(1000) : undefined)
  })

test('a box that is not set up answers every address with the one page that says so, and ends when it is', async (t) => {
  let isThere = false
  const ending = new AbortController()
  let tell: (port: number) => void = () => undefined
  const listening = new Promise<number>((resolve) => (tell = resolve))
  const waiting = waitServing({
    ...{ port: 0, bind: '127.0.0.1', state: 'not-set-up', signal: ending.signal },
    look: () => Promise.resolve(isThere),
    onServing: tell,
  })
  const port = await listening
  const paths = ['/', '/signer.html', '/api/v1/me', '/tsa', '/metrics', '/.well-known/est/cacerts']
  for (const path of paths) {
    for (const method of ['GET', 'POST']) {
      const { status, headers, text } = await asked(port, { path, method })
      t.is(status, 503, path)
      t.is(headers['sealbox-state'], 'not-set-up')
      t.regex(text, /还没有建立[^]*not set up yet/)
    }
  }
  const { text, headers } = await asked(port, { path: '/' })
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(text) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  t.true(
    String(headers['content-security-policy']).includes(`'sha256-${hash}'`),
    'the style is the one that is allowed',
  )
  t.notRegex(text, /<script|https?:|src=|href=/)
  isThere = true
  t.true(await waiting)
  await t.throwsAsync(asked(port, { path: '/' }), { code: 'ECONNREFUSED' })
})

test('a box that waits is told to end, and ends; what is there already is not waited for', async (t) => {
  const ending = new AbortController()
  const never = waitServing({
    ...{ port: 0, bind: '127.0.0.1', state: 'locked', signal: ending.signal },
    look: () => Promise.resolve(false),
    onServing: () => {
      ending.abort()
    },
  })
  t.false(await never)
  const there = await waitServing({
    ...{ port: 0, bind: '127.0.0.1', state: 'locked', signal: new AbortController().signal },
    look: () => Promise.resolve(true),
    onServing: () => {
      t.fail('nothing was to be served')
    },
  })
  t.true(there)
})

test('plain HTTP at the port of a box that waits gets no answer of HTTP', async (t) => {
  const ending = new AbortController()
  await waitServing({
    ...{ port: 0, bind: '127.0.0.1', state: 'locked', signal: ending.signal },
    look: () => Promise.resolve(false),
    onServing: (port) => {
      const outgoing = plainRequest({ host: '127.0.0.1', port }, () => {
        t.fail('it answered')
      })
      outgoing.on('error', () => {
        t.pass()
        ending.abort()
      })
      outgoing.end()
    },
  })
})

test('a production box waits for its passphrase, says of a wrong one that it was refused, and takes the next one only', async (t) => {
  const folder = await temporaryFolder(t)
  const [unlock, stateFolder] = [join(folder, 'unlock'), join(folder, 'state')]
  await mkdir(unlock)
  await mkdir(stateFolder)
  const file = join(unlock, 'passphrase')
  const waiting = waitAtConsole({
    ...{ directory: join(folder, 'data'), port: 0, unlock: file, stateFolder },
    manager: await openServiceManager({}),
  })
  const phase = async (wanted: BoxState['phase']): Promise<BoxState> => {
    for (;;) {
      const state = await readBoxState(stateFolder)
      if (state?.phase === wanted) return state
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const first = waiting.secrets()
  t.is((await phase('not-set-up')).box, null)
  await initIn(folder)
  const { box } = await phase('locked')
  t.is(box?.districtName, '示范区')
  const wrong = await leavePassphrase([unlock], 'not this one')
  t.is((await stat(file)).mode & 0o777, 0o640)
  t.deepEqual(await first, { passphrase: 'not this one' })
  await waiting.refuse()
  t.is((await phase('locked')).refused, wrong)
  t.is(await stampOf(file), wrong)

  const second = waiting.secrets()
  await withdrawPassphrase([unlock])
  // The same words again are another attempt.
  t.not(await leavePassphrase([unlock], 'not this one'), wrong)
  t.deepEqual(await second, { passphrase: 'not this one' })
  await waiting.serving({ restored: true, awaitsFirstOfficer: false })
  t.true((await phase('serving')).restored, 'two officers are waited for')
  await waiting.serving({ restored: false, awaitsFirstOfficer: false })
  t.false((await phase('serving')).restored)
  t.is((await phase('serving')).box?.mode, 'production')
})

test('a command that meets a box at its console is told to look there', async (t) => {
  const ending = new AbortController()
  let tell: (port: number) => void = () => undefined
  const listening = new Promise<number>((resolve) => (tell = resolve))
  const waiting = waitServing({
    ...{ port: 0, bind: '127.0.0.1', state: 'locked', signal: ending.signal },
    look: () => Promise.resolve(false),
    onServing: tell,
  })
  const url = `https://localhost:${String(await listening)}`
  const [root = ''] = rootCertificates
  const client = createBoxClient({ url, root, identity: {} })
  const told = /不属于这台机器的根证书.*not of this box’s root.*look at its console/
  await t.throwsAsync(client.get('/api/v1/me'), { code: 'BOX_UNREACHABLE', message: told })
  client.close()
  await t.throwsAsync(fetchRoot(url, '0'.repeat(64)), { code: 'ROOT_DIFFERS', message: told })
  ending.abort()
  t.false(await waiting)
})
