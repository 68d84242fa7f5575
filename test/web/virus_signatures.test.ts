/** New signatures for the scanner: taken from an administrator's page, checked, put in place, used by a real clamd; and what is not taken. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { signCms } from '../../ca/index.ts'
import type { SignatureSet } from '../../web/index.ts'
import { newestOf } from '../../appliance/virus/desk.ts'
import { momentOfList, withMoment } from '../../appliance/virus/own_set.ts'
import { isNamedInside, readCvdHeader } from '../../appliance/virus/cvd.ts'
import { ownSignature, ownVirus, realClamd, type RealClamd } from '../appliance/virus/real_clamd.ts'
import {
  openTestBox,
  untilScanned,
  type Reply,
  type TestBox,
  type TestKey,
  type TestPerson,
} from './box_fixture.ts'
import { textBytes } from './trip.ts'

let clamd: RealClamd
let box: TestBox
let administrator: TestPerson

test.before(async () => {
  clamd = realClamd({ own: false })
  box = await openTestBox({ virus: { socket: clamd.socket, signatures: clamd.signatures } })
  administrator = await box.appoint('administrator-1', 'administrator')
  await clamd.start()
})

test.after.always(async () => {
  await box.close()
  await clamd.remove()
})

type Files = Readonly<Record<string, Uint8Array>>

const send = (files: Files, as = administrator.login): Promise<Reply> => {
  const boundary = 'sealbox-signatures-test'
  const parts = Object.entries(files).flatMap(([name, bytes]) => [
    textBytes(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`,
    ),
    bytes,
    textBytes('\r\n'),
  ])
  const body = new Uint8Array(Buffer.concat([...parts, textBytes(`--${boundary}--\r\n`)]))
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  return box.request({ method: 'POST', path: '/virus', as, body, headers })
}

async function signed(name: string, text: string, by: TestKey = administrator.signing) {
  const content = textBytes(text)
  const digest = new Uint8Array(createHash('sha256').update(content).digest())
  const { signer } = by
  const signature = await signCms({ signer, digest, certificates: [signer.certificate] })
  return { [name]: content, [`${name}.p7s`]: signature }
}

const at = (day: number, list = ownSignature): string =>
  withMoment(list, new Date(Date.UTC(2026, 10, day)))

const ahead = (days: number): string =>
  withMoment(ownSignature, new Date(box.parts.clock.now().getTime() + days * 86_400_000))

const scan = (text: string): Promise<Reply> =>
  box.request({
    ...{ method: 'POST', as: box.units[0].keys.clerk, body: textBytes(text) },
    path: '/api/v1/uploads/acts/upload?purpose=attachment&name=a.txt',
    headers: { 'Idempotency-Key': 'upload-0001' },
  })

/** A file that has the form of a ClamAV database, and nobody's signature. */
function forgedCvd(inside: string, version = 1): Uint8Array {
  const tar = Buffer.alloc(1536)
  tar.write(`${inside}.hdb`, 0)
  tar.write('00000000000', 124)
  const header = `ClamAV-VDB:25 Nov 2026 08-00 +0000:${String(version)}:1:90:${'0'.repeat(32)}:AAAA:nobody:1795593600`
  return new Uint8Array(Buffer.concat([Buffer.from(header.padEnd(512)), gzipSync(tar)]))
}

test.serial(
  'without signatures uploads wait, and the page of the administrator says so',
  async (t) => {
    t.is((await scan('early letter')).status, 202)
    const page = await box.request({ path: '/virus', as: administrator.login })
    t.regex(page.text, /还没有病毒库，上传的文件在等待/)
    t.regex(page.text, /1 个，12 B/)
  },
)

test.serial('nobody else sees the page or brings signatures', async (t) => {
  const list = await signed('own.ndb', at(1), box.officer.signing)
  for (const as of [box.units[0].keys.clerk, box.officer.login]) {
    t.is((await box.request({ path: '/virus', as })).code, 'ROLE_WRONG')
    t.is((await send(list, as)).code, 'ROLE_WRONG')
  }
})

test.serial(
  'a signed list is taken, journalled, loaded, and finds what it is for; what waited is decided',
  async (t) => {
    const before = box.box.journal.size
    const reply = await send(await signed('own.ndb', at(2)))
    t.is(reply.status, 200, reply.text)
    t.regex(reply.text, /新病毒库已经放好/)
    const [entry] = await box.entries(before, 'signatures.installed')
    t.is(entry?.actor.holder, administrator.holder)
    t.like((entry?.data['sets'] as object[])[0], {
      name: 'own.ndb',
      signedBy: administrator.holder,
    })
    let found = await scan(`a ${ownVirus}`)
    for (let tries = 0; tries < 600 && found.status !== 422; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      found = await scan(`a ${ownVirus}`)
    }
    t.regex(found.text, /VIRUS_FOUND/)
    await untilScanned(box)
    const sha256 = createHash('sha256').update('early letter').digest('hex')
    const path = `/api/v1/uploads/${sha256}`
    const { json } = await box.request({ path, as: box.units[0].keys.clerk })
    t.is(json['state'], 'accepted')
  },
)

test.serial(
  'what is not genuine is refused with its reason, and nothing of the hand-over is installed',
  async (t) => {
    const { units, officer } = box
    const good = await signed('good.hdb', at(3, `${'0'.repeat(32)}:10:X\n`))
    const altered = await signed('altered.ndb', at(3))
    const revokedBy = await box.appoint('administrator-2', 'administrator')
    const byRevoked = await signed('gone.ndb', at(3), revokedBy.signing)
    await box.revoke(revokedBy.signing)
    const cases: readonly (readonly [reason: RegExp, files: Files])[] = [
      [/缺少 \.p7s 签名/, { '../../keys/x.hdb': textBytes(at(3)) }],
      [/不是病毒库的文件名/, await signed('pass.fp', at(3))],
      [/不是病毒库的文件名/, await signed('pass.ign2', at(3))],
      [/不是病毒库的文件名/, { 'other.cvd': forgedCvd('other') }],
      [/不是病毒库的文件名/, { '.hdb': textBytes(at(3)) }],
      [/不是 ClamAV 病毒库/, { 'daily.cvd': textBytes('ClamAV-VDB:') }],
      [/不是同一个库/, { 'main.cvd': forgedCvd('bytecode') }],
      [/签名不对/, { 'daily.cvd': forgedCvd('daily') }],
      [/缺少 \.p7s 签名/, { 'own2.ndb': textBytes(at(3)) }],
      [/缺少 \.p7s 签名/, { ...altered, 'altered.ndb': textBytes(at(4)) }],
      [/证书有效的管理员或安全员/, await signed('unit.ndb', at(3), units[0].keys.clerkSigning)],
      [/证书有效的管理员或安全员/, await signed('login.ndb', at(3), administrator.login)],
      [/证书有效的管理员或安全员/, byRevoked],
      [/sign-signatures/, await signed('bare.ndb', ownSignature)],
      [
        /sign-signatures/,
        await signed('json.ndb', at(3, '{"type":"sealbox.order","v":1,"x":2}\n')),
      ],
      [/制作时间在本机时钟之后/, await signed('late.ndb', ahead(7))],
      [/比现有的旧/, await signed('own.ndb', at(1), officer.signing)],
      [/扫描程序读不懂/, await signed('broken.ndb', at(3, 'no:signature:at:all:zz\n'))],
    ]
    const before = readdirSync(clamd.signatures).toSorted()
    const size = box.box.journal.size
    for (const [reason, files] of cases) {
      const reply = await send({ ...good, ...files })
      t.is(reply.status, 422, Object.keys(files).join())
      t.regex(reply.text, reason, Object.keys(files).join())
      t.deepEqual(readdirSync(clamd.signatures).toSorted(), before)
    }
    t.false(existsSync(join(clamd.signatures, '..', '..', 'keys')))
    t.deepEqual(await box.entries(size, 'signatures.installed'), [])
    t.is((await send({})).status, 422)
    t.is((await send(good)).status, 200)
  },
)

test('signatures are as old as the daily ones of ClamAV, however new another set is', (t) => {
  const on = (day: string): Date => new Date(`${day}T00:00:00Z`)
  const set = (name: string, day: string, version?: number): SignatureSet => ({
    ...{ name, bytes: 1, builtAt: on(day) },
    ...(version !== undefined && { version }),
  })
  const [main, daily] = [set('main.cvd', '2026-01-01', 62), set('daily.cvd', '2025-11-01', 2)]
  const own = set('own.ndb', '2026-11-24')
  const of = (...sets: SignatureSet[]): Date | undefined => newestOf(sets, 'ClamAV 1.4.6')
  t.deepEqual(of(own, daily, main), on('2025-11-01'))
  t.deepEqual(of(own, main), on('2026-01-01'))
  t.deepEqual(of(own), on('2026-11-24'))
  t.is(of(), undefined)
  t.deepEqual(
    newestOf([], 'ClamAV 1.4.6/27123/Wed Nov 25 08:00:00 2026'),
    new Date('2026-11-25T08:00:00Z'),
  )
})

test('a list begins with its moment and has fields; JSON, a PDF and an empty list are none', (t) => {
  const now = new Date('2026-11-25T08:00:00Z')
  t.deepEqual(momentOfList(withMoment(ownSignature, now)), now)
  for (const text of [
    '',
    'letter',
    '{"a":"b:c:d"}',
    '%PDF-1.7\n1:2:3 \u0001',
    'line without fields',
  ]) {
    t.is(momentOfList(withMoment(text, now)), undefined, text)
  }
  t.is(momentOfList(`# sealbox-signatures soon\n${ownSignature}`), undefined)
})

test('the header of a database gives version, time and number, and its members tell its name', (t) => {
  const bytes = forgedCvd('daily', 27_123)
  t.deepEqual(readCvdHeader(bytes), {
    ...{ version: 27_123, signatures: 1 },
    builtAt: new Date(1_795_593_600_000),
  })
  t.true(isNamedInside('daily', bytes))
  t.false(isNamedInside('main', bytes))
  for (let length = 0; length <= 520; length += 13) {
    t.false(isNamedInside('daily', bytes.subarray(0, length)))
  }
})
