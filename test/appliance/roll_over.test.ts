/** Keys of a running box follow one another: on clocks that the test turns on by years, with real clients at the doors. */
import { connect } from 'node:tls'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { openBox, type Box } from '../../appliance/box/box.ts'
import { firstBoot } from '../../appliance/box/first_boot.ts'
import { serve } from '../../appliance/box/serve.ts'
import { openBoxKeys } from '../../appliance/box/keys.ts'
import { prepareRollOver } from '../../appliance/box/roll_over.ts'
import { openTrust } from '../../appliance/box/trust.ts'
import {
  boxActor,
  currentService,
  readClocks,
  rollOverLeadDays,
  sha256Hex,
  toPem,
  tokensOf,
  type KeyFolder,
} from '../../ca/index.ts'
import { run, temporaryFolder } from './places.ts'

const dayMs = 86_400_000

/** A box on clocks that pass as the test says, and where it is. */
async function openPassing(t: ExecutionContext) {
  const folder = await temporaryFolder(t)
  const directory = join(folder, 'data')
  await firstBoot({
    directory,
    districtName: '测试区',
    hostNames: ['localhost', '127.0.0.1'],
    pkiUrl: 'http://localhost:8080',
    zone: 'UTC',
  })
  let passed = 0
  const errors: string[] = []
  const log = {
    info: () => undefined,
    error: (of: object, message: string) => errors.push(`${message}: ${JSON.stringify(of)}`),
  }
  const open = (): Promise<Box> =>
    openBox({
      ...{ directory, log, url: 'https://localhost:8443' },
      readClocks: () => {
        const { wall, monotonic } = readClocks()
        return { wall: wall + passed, monotonic: monotonic + passed }
      },
    })
  const file = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), bytes)
    return join(folder, name)
  }
  return {
    ...{ open, file, errors, folder },
    pass: (days: number) => (passed += days * dayMs),
    now: () => Math.floor((Date.now() + passed) / 1000),
  }
}

type Passing = Awaited<ReturnType<typeof openPassing>>

/** A token over the same content, as `openssl` asked for it. */
async function stamped({ file, folder }: Passing, box: Box, name: string): Promise<string> {
  const content = await file('content', '某区人民政府文件')
  const query = join(folder, 'q.tsq')
  await run('openssl', [
    'ts',
    '-query',
    '-data',
    content,
    '-sha256',
    '-no_nonce',
    '-cert',
    '-out',
    query,
  ])
  const answer = await box.parts.timeStamping.respond(await readFile(query))
  if (!answer.granted) throw new Error(answer.failure)
  return file(name, answer.response)
}

/** What `openssl ts -verify` says of it at a moment. */
async function verified(passing: Passing, box: Box, token: string): Promise<string> {
  const root = box.parts.authority.roots[0] ?? new Uint8Array()
  const trusted = await passing.file('root.pem', toPem('CERTIFICATE', root))
  const at = ['-attime', String(passing.now())]
  const query = ['-queryfile', join(passing.folder, 'q.tsq')]
  const { stdout, stderr } = await run('openssl', [
    ...['ts', '-verify', ...query, '-in', token, '-CAfile', trusted, ...at],
  ])
  return stdout + stderr
}

/** The certificate that the TLS server shows to a new connection. */
async function shownBy(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const shown = sha256Hex(new Uint8Array(socket.getPeerCertificate().raw))
  socket.destroy()
  return shown
}

test('six weeks before its year is over another key stamps and another one answers, without a restart', async (t) => {
  const passing = await openPassing(t)
  const box = await passing.open()
  t.teardown(() => box.close())
  const { parts, trust, journal } = box
  const first = await stamped(passing, box, 'first.tsr')
  const before = { ...trust.certificates }

  passing.pass(365 - rollOverLeadDays - 2)
  await box.rollOver()
  t.deepEqual(trust.certificates, before, 'not a day too early')

  passing.pass(3)
  const size = journal.size
  await Promise.all([box.rollOver(), box.rollOver()])
  t.deepEqual(passing.errors, [], 'of two at once one finds nothing to do')
  t.is(trust.services.timestamping.length, 2)
  t.is(trust.services.ocsp.length, 2)
  t.is(trust.services.tls.length, 1, 'its certificate has another year')
  const types: string[] = []
  for await (const { type } of journal.read(size)) types.push(type)
  t.deepEqual(types, [
    ...['certificate.issued', 'service.activated'],
    ...['certificate.issued', 'service.activated'],
  ])

  const second = await stamped(passing, box, 'second.tsr')
  const now = Buffer.from(trust.certificates.timestamping)
  t.true((await readFile(second)).includes(now))
  t.false((await readFile(first)).includes(now))
  t.regex(await verified(passing, box, second), /Verification: OK/)
  t.regex(await verified(passing, box, first), /Verification: OK/, 'what was stamped stays so')
  const answer = await parts.authority.ocsp.answerFor(before.tls, parts.clock.now())
  t.true(Buffer.from(answer).includes(Buffer.from(trust.certificates.ocsp)))

  for (const [certificate, count] of [
    [before.timestamping, 1],
    [trust.certificates.timestamping, 1],
  ] as const) {
    const serials: string[] = []
    for await (const { tokens } of tokensOf(journal, sha256Hex(certificate))) {
      serials.push(...tokens.map(([serial]) => serial))
    }
    t.is(serials.length, count, 'each key has its own list of serial numbers')
  }
})

test('the TLS server shows its new certificate, and who is connected stays so', async (t) => {
  const passing = await openPassing(t)
  const box = await passing.open()
  const serving = await serve(box, { port: 0, pkiPort: 0, bind: '127.0.0.1' })
  t.teardown(async () => {
    await serving.close()
    await box.close()
  })
  const old = sha256Hex(box.trust.certificates.tls)
  t.is(await shownBy(serving.port), old)
  const staying = connect({ port: serving.port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(staying, 'secureConnect')
  passing.pass(2 * 365 - rollOverLeadDays + 1)
  await box.rollOver()
  t.not(await shownBy(serving.port), old)
  t.is(await shownBy(serving.port), sha256Hex(box.trust.certificates.tls))
  staying.write('GET /verifier.html HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [answer] = (await once(staying, 'data')) as [Buffer]
  t.regex(answer.toString('latin1'), /^HTTP\/1\.1 \d/)
  staying.destroy()
})

test('the next process opens the newest keys, and one that was off too long stamps nothing until its time is confirmed', async (t) => {
  const passing = await openPassing(t)
  const first = await passing.open()
  passing.pass(365 - rollOverLeadDays + 1)
  await first.rollOver()
  await first.close()
  const second = await passing.open()
  t.is(second.trust.services.timestamping.length, 2)
  await stamped(passing, second, 'second.tsr')
  await second.close()
  passing.pass(400)
  const third = await passing.open()
  t.teardown(() => third.close())
  t.is(third.parts.clock.state, 'held')
  t.is(third.trust.services.timestamping.length, 2, 'no certificate is made with a doubtful date')
  await t.throwsAsync(stamped(passing, third, 'third.tsr'), { message: 'timeNotAvailable' })
  const { time } = third.parts
  t.is(time.hold?.reason, 'long-after-journal')
})

test('of two reloads at once the one that read the journal earlier does not bring the old key back', async (t) => {
  const { open, folder } = await openPassing(t)
  const directory = join(folder, 'data')
  const box = await open()
  const { journal, file, parts } = box
  const { keys } = await openBoxKeys({ directory, file })
  let gate = Promise.resolve()
  const slow: KeyFolder = {
    ...keys,
    async open(name, certificate) {
      await gate
      return keys.open(name, certificate)
    },
  }
  const ground = { ...parts, journal, file }
  const trust = await openTrust({ ...ground, keys: slow })
  let release = (): void => undefined
  gate = new Promise((resolve) => (release = resolve))
  const first = trust.reload()
  await sleep(50)
  gate = Promise.resolve()
  const due = { role: 'timestamping', actor: boxActor } as const
  await journal.commit(await prepareRollOver({ ...ground, keys, trust }, due))
  const second = trust.reload()
  await sleep(200)
  release()
  await Promise.all([first, second])
  t.is(currentService(trust.services, 'timestamping').key, 'timestamping-2')
  await box.close()
})
