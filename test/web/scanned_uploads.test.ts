/** Uploads and the virus check, through the real server with a real clamd: nothing gets by, nothing is lost, and the page says what is. */
import { createHash } from 'node:crypto'
import test from 'ava'
import type { Sha256 } from '../../ca/index.ts'
import { eicar } from '../../appliance/virus/eicar.ts'
import { ownVirus, realClamd, type RealClamd } from '../appliance/virus/real_clamd.ts'
import { openTestBox, untilScanned, type Reply, type TestBox } from './box_fixture.ts'
import { notice, plainPdf, textBytes, uploadedNotice } from './trip.ts'

let clamd: RealClamd
let box: TestBox

const limits = { refusedPerMinute: 10_000 }

test.before(async () => {
  clamd = realClamd()
  await clamd.start()
  box = await openTestBox({
    parts: (parts) => ({ ...parts, limits }),
    virus: { socket: clamd.socket },
  })
})

test.after.always(async () => {
  await box.close()
  await clamd.remove()
})

const hashOf = (bytes: Uint8Array): Sha256 =>
  createHash('sha256').update(bytes).digest('hex') as Sha256

const upload = (bytes: Uint8Array, purpose: 'document' | 'attachment', by = 0): Promise<Reply> =>
  box.request({
    method: 'POST',
    path: `/api/v1/uploads/acts/upload?purpose=${purpose}&name=a.bin`,
    as: box.units[by === 0 ? 0 : 1].keys.clerk,
    body: bytes,
    headers: { 'Idempotency-Key': 'upload-0001' },
  })

const stateOf = async (bytes: Uint8Array, by = 0): Promise<Reply> =>
  box.request({
    path: `/api/v1/uploads/${hashOf(bytes)}`,
    as: box.units[by === 0 ? 0 : 1].keys.clerk,
  })

const handOn = (json: object): Promise<Reply> =>
  box.act('/api/v1/drafts/acts/hand-on', { as: box.units[0].keys.clerk, json })

const withAttachment = (bytes: Uint8Array): object => {
  const [one, two] = box.units
  const file = { name: '材料', fileName: 'a.bin', bytes: bytes.length, sha256: hashOf(bytes) }
  return { ...notice({ issuers: [one], main: [two] }), attachments: [file] }
}

/** A draft saved in the page, with a text file attached. */
const compose = (attached: Uint8Array, by: 0 | 1 = 0): Promise<Reply> => {
  const boundary = 'sealbox-test'
  const field = (name: string, value: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const body = [
    ...[field('mode', 'draft'), field('once', 'aaaaaaaaaaaa'), field('title', '关于测试的通知')],
    `--${boundary}\r\nContent-Disposition: form-data; name="attachment"; filename="b.txt"\r\n\r\n`,
    `${new TextDecoder().decode(attached)}\r\n${field('action', 'save')}--${boundary}--\r\n`,
  ].join('')
  return box.request({
    ...{ method: 'POST', path: '/compose', as: box.units[by].keys.clerk, body },
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  })
}

const isBlob = async (bytes: Uint8Array): Promise<boolean> => {
  for await (const name of box.parts.blobs.names()) if (name === hashOf(bytes)) return true
  return false
}

test.serial('a virus is refused, as attachment and inside a PDF, and leaves nothing', async (t) => {
  const inPdf = Buffer.concat([await plainPdf('letter'), textBytes(`\n%${ownVirus}\n%%EOF\n`)])
  for (const [bytes, purpose] of [
    [eicar(), 'attachment'],
    [textBytes(ownVirus), 'attachment'],
    [new Uint8Array(inPdf), 'attachment'],
  ] as const) {
    const reply = await upload(bytes, purpose)
    t.is(reply.code, 'UPLOAD_REFUSED')
    t.regex(reply.text, /"VIRUS_FOUND"|"STRAY_BYTES"|"HIDDEN_BYTES"/)
    t.false(await isBlob(bytes))
    t.is((await handOn(withAttachment(bytes))).code, 'ATTACHMENT_UNKNOWN')
  }
  const told = await box.entries(0, 'act.refused')
  t.true(told.some(({ data }) => (data['reasons'] as string[]).includes('VIRUS_FOUND')))
})

test.serial(
  'a virus in the composing page stands in the journal as one over the API',
  async (t) => {
    const from = box.box.journal.size
    const reply = await compose(textBytes(`page ${ownVirus}`), 1)
    t.is(reply.status, 422)
    const [noted, ...more] = await box.entries(from, 'act.refused')
    t.deepEqual(more, [])
    t.like(noted, { data: { code: 'UPLOAD_REFUSED', reasons: ['VIRUS_FOUND'], route: '/compose' } })
    t.is(noted?.actor.certificate, box.units[1].keys.clerk.name)
  },
)

test.serial('a clean file is kept with the signature set that let it pass', async (t) => {
  const reply = await upload(await plainPdf('clean'), 'document')
  t.is(reply.status, 201)
  t.like(reply.json['virusCheck'], { state: 'clean' })
  t.regex(reply.text, /"signatures":"ClamAV /)
})

test.serial(
  'while clamd is down uploads wait, are in no document, and are not lost by a restart of clamd',
  async (t) => {
    await clamd.stop()
    const [clean, bad] = [await plainPdf('waits'), textBytes(`late ${ownVirus}`)]
    const waiting = await upload(clean, 'document')
    t.is(waiting.status, 202)
    t.like(waiting.json, { state: 'waiting', virusCheck: { state: 'waiting' } })
    t.is((await upload(bad, 'attachment')).status, 202)
    t.false(await isBlob(clean))
    t.is((await stateOf(clean)).json['state'], 'waiting')
    t.is((await stateOf(clean, 1)).code, 'NOT_FOUND', 'another unit does not learn of it')
    const draft = uploadedNotice({ issuers: [box.units[0]] }, hashOf(clean))
    t.is((await handOn(draft)).code, 'UPLOAD_WAITING')
    t.is((await handOn(withAttachment(bad))).code, 'UPLOAD_WAITING')
    t.like(await box.parts.health(), { virus: { scanner: 'down' }, queues: { uploads: 2 } })
    t.deepEqual(await box.parts.intake.scanWaiting(), [])
    await clamd.start()
    await untilScanned(box)
    t.is((await stateOf(clean)).json['state'], 'accepted')
    t.is((await handOn(draft)).status, 201)
    t.is((await stateOf(bad)).json['state'], 'refused')
    t.regex((await stateOf(bad)).text, /VIRUS_FOUND/)
    t.is((await handOn(withAttachment(bad))).code, 'ATTACHMENT_UNKNOWN')
    t.false(await isBlob(bad))
  },
)

test.serial(
  'the composing page says that a file waits, keeps it, and says when it was refused',
  async (t) => {
    await clamd.stop()
    const bad = textBytes(`typed ${ownVirus}`)
    const as = box.units[0].keys.clerk
    const saved = await compose(bad)
    t.is(saved.status, 303)
    const path = String(saved.headers['location'])
    const page = (await box.request({ path, as })).text
    t.regex(page, /1 个文件正在等待病毒检查/)
    t.regex(page, /等待病毒检查<\/span>/)
    await clamd.start()
    await untilScanned(box)
    t.regex((await box.request({ path, as })).text, /b\.txt：病毒检查发现可疑内容/)
  },
)
