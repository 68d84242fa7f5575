/** Forms: what they may take of memory, and that nothing is cut short in silence. */
import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import type { WebError } from '../../web/errors.ts'
import { maxFormBytes, readForm } from '../../web/form.ts'
import { streamedFiles } from '../../web/streamed_files.ts'

const boundary = 'part'

/** A request that sends these parts, of unknown length. */
function sending(
  parts: Iterable<string> | AsyncIterable<string>,
  type = `multipart/form-data; boundary=${boundary}`,
) {
  const message = Readable.from(parts, { objectMode: false })
  const headers = { 'content-type': type, 'transfer-encoding': 'chunked' }
  return Object.assign(message, { headers }) as unknown as IncomingMessage
}

const field = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (name: string, value: string): string =>
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${value}\r\n`
const end = `--${boundary}--\r\n`

test('fields and files are read as they were sent', async (t) => {
  const sent = sending([field('a', '1'), field('a', '二'), file('x.txt', 'words'), end])
  const { fields, files } = await readForm(sent, 'files')
  t.deepEqual(fields.getAll('a'), ['1', '二'])
  t.is(Buffer.from(files.get('file')?.[0]?.bytes ?? '').toString(), 'words')
})

test('a thousand large fields without a length are refused long before they are all in memory', async (t) => {
  const value = 'x'.repeat(512 * 1024)
  let given = 0
  async function* many(): AsyncGenerator<string> {
    for (; given < 1000; given++) {
      await setImmediate()
      yield field(`f${String(given)}`, value)
    }
  }
  const refused = await readForm(sending(many()), 'files').catch((error: unknown) => error)
  t.is((refused as WebError).code, 'BODY_TOO_LARGE')
  t.true(given * value.length <= 3 * maxFormBytes, String(given))
})

test('a field that would be cut short, and a file or field too many, are refused', async (t) => {
  const long = [field('body', 'x'.repeat(1024 * 1024 + 1)), end]
  const fields = [...Array.from({ length: 2001 }, () => field('a', 'b')), end]
  const files = [...Array.from({ length: 101 }, () => file('a.txt', 'b')), end]
  for (const parts of [long, fields, files]) {
    await t.throwsAsync(readForm(sending(parts), 'files'), { code: 'BODY_TOO_LARGE' } as object)
  }
})

test('a row that reserved no room for files takes none', async (t) => {
  const parts = [field('reason', 'x'), file('x.bin', 'x'), end]
  await t.throwsAsync(readForm(sending(parts), 'fields'), { code: 'BODY_MALFORMED' } as object)
})

test('a body that ends within a file is refused, and nothing else ends', async (t) => {
  const head = file('a.txt', 'hello').slice(0, -2)
  for (const parts of [
    [head],
    [field('a', 'b'), head],
    [`--${boundary}\r\n`],
    [head, `\r\n--${boundary}`],
  ]) {
    await t.throwsAsync(readForm(sending(parts), 'files'), { code: 'BODY_MALFORMED' } as object)
  }
  // What would end the process comes a turn later.
  await setImmediate()
  t.pass()
})

test('files that are streamed and passed over may break off, too', async (t) => {
  const head = file('a.txt', 'hello').slice(0, -2)
  const names: string[] = []
  const broken = async (): Promise<void> => {
    for await (const { name, content } of streamedFiles(sending([file('b.txt', 'x'), head]))) {
      names.push(name)
      content.resume()
    }
  }
  await t.throwsAsync(broken(), { code: 'BODY_MALFORMED' } as object)
  t.deepEqual(names, ['b.txt', 'a.txt'])
  const many = [...Array.from({ length: 41 }, () => file('a.txt', 'b')), end]
  await t.throwsAsync(
    async () => {
      for await (const { content } of streamedFiles(sending(many))) content.resume()
    },
    { code: 'BODY_TOO_LARGE' } as object,
  )
})
