/** Large answers whose readers take their time: one of them may not fill the memory of the box. */
import { Agent, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import test from 'ava'
import { openTestBox, type Identity, type TestBox } from './box_fixture.ts'
import { attachmentOf, drafted } from './trip.ts'

let box: TestBox
test.before(async () => {
  const limits = { answerBytes: 160 * 1024 * 1024 }
  box = await openTestBox({ parts: (parts) => ({ ...parts, limits }) })
})
test.after.always(() => box.close())

/** An answer of which nothing is read. */
function unread(
  path: string,
  as: Identity,
): Promise<{ reply: IncomingMessage; close: () => void }> {
  const agent = new Agent({ ca: box.rootPem, ...as })
  return new Promise((resolve, reject) => {
    const asking = request({ host: 'localhost', port: box.port, path, agent })
    asking.on('error', reject)
    asking.on('response', (reply) => {
      reply.on('error', () => undefined)
      const close = (): void => {
        asking.destroy()
        agent.destroy()
      }
      resolve({ reply, close })
    })
    asking.end()
  })
}

test('who reads none of a large file gets no second one until it lets go; others do', async (t) => {
  const [one] = box.units
  const { clerk, leader } = one.keys
  const bytes = Buffer.alloc(24 * 1024 * 1024, '名册\n')
  const path = '/api/v1/uploads/acts/upload?purpose=attachment&name=a.txt'
  const headers = { 'Idempotency-Key': 'answers-0001' }
  const taken = await box.request({ method: 'POST', path, as: clerk, body: bytes, headers })
  t.is(taken.status, 201, taken.text)
  const attachment = { ...attachmentOf(bytes), fileName: 'a.txt' }
  const { id } = await drafted({ issuers: [one] }, { attachments: [attachment] })
  const file = `/documents/${id}/files/${attachment.sha256}`
  const first = await unread(file, clerk)
  t.is(first.reply.statusCode, 200)
  const second = await box.request({ path: file, as: clerk })
  t.is(second.status, 429)
  t.is(second.headers['content-disposition'], undefined)
  t.is((await box.request({ path: file, as: leader })).bytes.length, bytes.length)
  t.is((await box.request({ path: '/', as: clerk, headers: { Accept: 'text/html' } })).status, 200)
  const face = await box.request({ path: '/assets/song.ttf', as: clerk })
  t.true(face.status === 200 && face.bytes.length > 8 * 1024 * 1024)
  first.close()
  let again = 0
  for (let tried = 0; tried < 50 && again !== 200; tried++) {
    again = (await box.request({ path: file, as: clerk })).status
  }
  t.is(again, 200)
})
