/** A real clamd is believed only once it has read the folder of signatures as it is; and what the box does until then. */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { createClamd, type Clamd } from '../../../appliance/virus/clamd.ts'
import { eicar } from '../../../appliance/virus/eicar.ts'
import { virusHealth } from '../../../appliance/virus/desk.ts'
import { createSignatureFolder } from '../../../appliance/virus/folder.ts'
import { isOwnSetName, withMoment } from '../../../appliance/virus/own_set.ts'
import { createScanner } from '../../../appliance/virus/scanner.ts'
import { selfTestOf } from '../../../appliance/virus/self_test.ts'
import type { GivenFile, VirusReport } from '../../../web/index.ts'
import { ofOneUnit, ownSignature, ownVirus, realClamd, type Asked } from './real_clamd.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const list = (body: string): string => withMoment(body, new Date('2026-11-25T08:00:00Z'))

/** A folder that the box keeps, a clamd that reads it, and a clock that a test sets on. */
async function kept(t: ExecutionContext, { before = '', config = '' } = {}) {
  const clamd = realClamd({ own: false, config })
  t.teardown(() => clamd.remove())
  const path = (name: string): string => join(clamd.signatures, name)
  rmSync(path('eicar.hdb'))
  const lay = (text: string): void => {
    writeFileSync(path('aside'), text)
    renameSync(path('aside'), path('own.ndb'))
  }
  if (before !== '') lay(before)
  const folder = createSignatureFolder({
    directory: clamd.signatures,
    authority: { liveCertificate: () => Promise.resolve(undefined) },
    now: () => new Date(),
  })
  await folder.prepare()
  await clamd.start()
  const time = { now: 0 }
  const told: string[] = []
  const asked = createClamd({ socket: clamd.socket })
  const counting: Clamd = {
    ...asked,
    send: (word) => {
      told.push(word)
      return asked.send(word)
    },
  }
  const scanner = ofOneUnit(createScanner({ clamd: counting, folder, monotonic: () => time.now }))
  const reloads = (): number => told.filter((word) => word === 'RELOAD').length
  return { clamd, folder, scanner, lay, time, reloads }
}

async function until(scanner: Asked, state: string): Promise<string> {
  let found = ''
  for (let tries = 0; tries < 600 && found !== state; tries++) {
    found = (await scanner.state()).state
    if (found !== state) await pause(100)
  }
  return found
}

test('with nothing but the box’s own list it finds EICAR, and lets nothing pass', async (t) => {
  const { scanner, clamd } = await kept(t)
  t.is((await scanner.state()).state, 'no-signatures')
  t.is((await scanner.scan(bytesOf('letter'))).state, 'unavailable')
  const asSomebodyElse = ofOneUnit(createScanner({ clamd: createClamd({ socket: clamd.socket }) }))
  t.like(await asSomebodyElse.scan(eicar()), { name: 'Sealbox.SelfTest.EICAR' })
})

/** As clamd is set in the image, but for places and users. */
const inImage = readFileSync('appliance/image/tree/etc/clamav/clamd.conf', 'utf8')
  .split('\n')
  .filter(
    (line) => !/^(#|$|LocalSocket|DatabaseDirectory|TemporaryDirectory|Foreground)/.test(line),
  )
  .join('\n')

for (const [how, config] of [
  ['by itself', ''],
  ['as in the image', inImage],
] as const) {
  test(`signatures that lie there and were not read let nothing pass; once they were read it scans by them (clamd ${how})`, async (t) => {
    const { scanner, lay, time, reloads } = await kept(t, { before: list(ownSignature), config })
    t.is((await scanner.scan(bytesOf('letter'))).state, 'clean')
    const other = Buffer.from('ANOTHER-BODY').toString('hex')
    lay(list(`${ownSignature}Other:0:*:${other}\n`))
    time.now += 60_000
    const result = await scanner.scan(bytesOf('ANOTHER-BODY'))
    t.like(result, {
      state: 'unavailable',
      reason: 'it has not read the signatures that lie in its folder',
    })
    t.is(reloads(), 1, 'nobody had told clamd: the box does')
    t.is(await until(scanner, 'ready'), 'ready')
    t.like(await scanner.scan(bytesOf('ANOTHER-BODY')), { state: 'found', name: 'Other' })
    t.like(await scanner.scan(bytesOf(ownVirus)), { state: 'found', name: 'District.Test.Own' })
    t.is(reloads(), 1)
  })
}

test('while it reads new signatures nobody is alarmed', async (t) => {
  const waiting = { files: 0, bytes: 0, since: undefined }
  const of = (condition: VirusReport['condition']) =>
    virusHealth({
      report: () => Promise.resolve({ condition, said: '', sets: [], newest: undefined, waiting }),
    })
  t.like(await of('loading'), { scanner: 'running' })
  t.like(await of('down'), { scanner: 'down' })
  t.is(await of('none'), undefined)
})

test('a scanner that never reads them is said to be reading at first, then to be down', async (t) => {
  const { scanner, lay, time, reloads, clamd } = await kept(t, { before: list(ownSignature) })
  t.is((await scanner.state()).state, 'ready')
  lay('# no list that clamd could read\nbad\n')
  await scanner.reload()
  for (let tries = 0; tries < 20; tries++) await scanner.state()
  t.is((await scanner.state()).state, 'loading')
  t.is(reloads(), 1)
  await clamd.stop()
  t.is((await scanner.state()).state, 'loading')
  time.now += 5 * 60_000
  t.is((await scanner.state()).state, 'down')
  const told = await scanner.reload()
  t.true('failure' in told)
  t.is((await scanner.state()).state, 'down')
})

test('the list of the self-test is one, is new with each change, and no list of a district can take its name', async (t) => {
  const { folder, lay, clamd } = await kept(t)
  const own = (): string[] =>
    readdirSync(clamd.signatures).filter((name) => name.startsWith('sealbox-self-test'))
  const [first] = own()
  await folder.selfTest()
  t.deepEqual(own(), [first ?? ''])
  lay(list(ownSignature))
  await folder.selfTest()
  const [second, ...more] = own()
  t.deepEqual(more, [])
  t.not(second, first)
  t.deepEqual(
    (await folder.list()).map(({ name }) => name),
    ['own.ndb'],
  )
  t.false(isOwnSetName(second ?? ''))
  t.false(isOwnSetName('sealbox-self-test.hdb'))
})

test('signatures are not taken in where they would fill the disk', async (t) => {
  const { clamd } = await kept(t)
  const folder = createSignatureFolder({
    directory: clamd.signatures,
    authority: { liveCertificate: () => Promise.resolve(undefined) },
    now: () => new Date(),
    free: () => Promise.resolve(1024 ** 3),
  })
  const names = ['daily.cvd', 'own.ndb', 'own.ndb.p7s']
  const contents = names.map(() => Readable.from([bytesOf('x')]))
  async function* files(): AsyncGenerator<GivenFile> {
    for (const [at, name] of names.entries())
      yield await Promise.resolve({ name, content: contents[at] ?? Readable.from([]) })
  }
  const isEnded = ({ readableEnded }: Readable): boolean => readableEnded
  const { refused, sets } = await folder.stage(files())
  t.deepEqual(
    refused,
    names.map((name) => ({ name, reason: 'NO_ROOM' })),
  )
  t.deepEqual(sets, [])
  for (let tries = 0; tries < 600 && !contents.every(isEnded); tries++) await pause(50)
  t.true(contents.every(isEnded), 'whoever sends is answered')
})

test('the hash knows a file by name, length, inode and time, and passes the box’s own over', (t) => {
  const file = { name: 'own.ndb', bytes: 10, id: 1n, changedNs: 5n }
  const of = (...files: readonly (typeof file)[]): string => selfTestOf(files).name
  const base = of(file)
  for (const change of [{ name: 'own.hdb' }, { bytes: 11 }, { id: 2n }, { changedNs: 6n }]) {
    t.not(of({ ...file, ...change }), base)
  }
  t.is(of({ ...file, name: 'sealbox-self-test-0.hsb' }, file), base)
  const two = { ...file, name: 'a.hdb' }
  t.is(of(file, two), of(two, file))
})

test('a folder in which the self-test cannot be laid lets nothing pass, and ends nothing', async (t) => {
  const { scanner, clamd } = await kept(t, { before: list(ownSignature) })
  rmSync(clamd.signatures, { recursive: true })
  t.like(await scanner.state(), {
    state: 'down',
    reason: 'the folder of signatures cannot be written',
  })
  t.is((await scanner.scan(bytesOf('letter'))).state, 'unavailable')
  await t.notThrowsAsync(scanner.reload())
})
