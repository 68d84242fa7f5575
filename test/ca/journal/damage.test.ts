/** What a crash leaves is cut off; what time or a hand has changed is refused, with segment and offset. */
import test from 'ava'
import { CaError } from '../../../ca/errors.ts'
import { openJournal, verifyJournal } from '../../../ca/journal/index.ts'
import { scanJournal } from '../../../ca/journal/scan.ts'
import { ledgerFolds, draft, raise } from './ledger.ts'
import { join } from 'node:path'
import {
  full,
  memoryFiles,
  openStore,
  seed,
  seededRandom,
  steppingClock,
  temporaryFolder,
} from './places.ts'
import type { ExecutionContext } from 'ava'

/** Three segments; the last one has two frames, of which the last has three entries. */
async function written(
  t: ExecutionContext,
): Promise<{ content: Map<string, Uint8Array>; lastFrame: number }> {
  const files = memoryFiles()
  const store = await openStore(join(await temporaryFolder(t), 'views'))
  const journal = await openJournal({
    files,
    store,
    folds: ledgerFolds,
    foldsVersion: 1,
    clock: steppingClock(),
    random: seededRandom(),
    segmentBytes: 2000,
  })
  for (let by = 0; by < 5; by++) await journal.commit(raise('counter:a', by))
  const notes = ['note:1', 'note:2', 'note:公文'].map((subject) => draft('note.made', subject))
  while (files.content.size < 3) await journal.commit({ entries: notes })
  const lastFrame = lastBytes(files.content).length
  await journal.commit({ entries: notes })
  await store.close()
  return { content: files.content, lastFrame }
}

const lastBytes = (content: Map<string, Uint8Array>): Uint8Array =>
  [...content.values()].at(-1) ?? new Uint8Array()

function withLast(content: Map<string, Uint8Array>, bytes: Uint8Array): Map<string, Uint8Array> {
  const [name = ''] = [...content.keys()].slice(-1)
  return new Map([...content, [name, bytes]])
}

test('a last frame cut off at any byte, or followed by NUL bytes, is cut and nothing before it', async (t) => {
  const { content, lastFrame } = await written(t)
  const last = lastBytes(content)
  const whole = await scanJournal(memoryFiles(content), () => undefined)
  t.is(content.size, 3)
  t.is(whole.cutBytes, 0)
  for (let cut = lastFrame; cut < last.length; cut++) {
    const torn = last.slice(0, cut)
    for (const nulBytes of [0, 1, last.length - cut, 5000]) {
      const bytes = Buffer.concat([torn, new Uint8Array(nulBytes)])
      const end = await scanJournal(memoryFiles(withLast(content, bytes)), () => undefined)
      t.is(end.position.index, whole.position.index - 3)
      t.is(end.length, lastFrame)
      t.is(end.cutBytes, bytes.length - lastFrame)
    }
  }
  const padded = Buffer.concat([last, new Uint8Array(4096)])
  const end = await scanJournal(memoryFiles(withLast(content, padded)), () => undefined)
  t.deepEqual([end.position, end.length, end.cutBytes], [whole.position, last.length, 4096])
})

test('a segment header cut off at any byte is written again with the next commit', async (t) => {
  const { content } = await written(t)
  const store = await openStore(join(await temporaryFolder(t), 'views'))
  t.teardown(() => store.close())
  const header = lastBytes(content).subarray(0, lastBytes(content).indexOf(0x0a) + 1)
  for (let cut = 0; cut <= header.length; cut += full ? 1 : 7) {
    await store.clear()
    const files = memoryFiles(withLast(content, header.slice(0, cut)))
    const open = {
      files,
      store,
      folds: ledgerFolds,
      foldsVersion: 1,
      clock: steppingClock(),
      random: seededRandom(),
    }
    const journal = await openJournal(open)
    await journal.commit(raise('counter:b', 1))
    t.like(await verifyJournal({ files }), { ok: true, entries: journal.size, findings: [] })
    t.is(files.content.size, content.size)
  }
})

test(`one flipped bit anywhere refuses to start and names segment and offset (all bits in full, else one a byte; seed ${String(seed)})`, async (t) => {
  const { content } = await written(t)
  const draw = seededRandom()(100_000)
  let at = 0
  for (const [name, bytes] of content) {
    for (let byte = 0; byte < bytes.length; byte++) {
      const bits = full ? [0, 1, 2, 3, 4, 5, 6, 7] : [(draw[at++ % draw.length] ?? 0) & 7]
      for (const bit of bits) {
        const flipped = new Uint8Array(bytes)
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit)
        const files = memoryFiles(new Map([...content, [name, flipped]]))
        const error = await t.throwsAsync(
          scanJournal(files, () => undefined),
          {
            instanceOf: CaError,
          },
        )
        const place = `${name} ${String(byte)} bit ${String(bit)}`
        t.is(error.code, 'JOURNAL_DAMAGED', place)
        t.is(error.details['segment'], name, place)
        const { offset } = error.details
        // The frame or payload is named in which the flipped byte lies.
        t.true(typeof offset === 'number' && offset <= byte && byte - offset < 2000, place)
        t.regex(error.message, new RegExp(`${name}.*byte ${String(offset)}`))
      }
    }
  }
})

test('a frame with another length is not mistaken for one that a crash cut off', async (t) => {
  const { content } = await written(t)
  const text = Buffer.from(lastBytes(content)).toString('latin1')
  for (const { index, 1: before = '', 2: length = '' } of text.matchAll(
    /(sealbox-commit\/1 \d+ \d+ )(\d+) /g,
  )) {
    for (const wrong of [1, -1, 10, -10, 1000, 1e6, 1e12].map((more) => Number(length) + more)) {
      const rest = text.slice(index + before.length + length.length)
      const changed = text.slice(0, index) + before + String(wrong) + rest
      const files = memoryFiles(withLast(content, Buffer.from(changed, 'latin1')))
      await t.throwsAsync(
        scanJournal(files, () => undefined),
        { code: 'JOURNAL_DAMAGED' },
      )
    }
  }
})

test('missing, exchanged, cut and foreign segments refuse to start', async (t) => {
  const { content } = await written(t)
  const [one = ['', new Uint8Array()], two = one, three = one] = [...content]
  const cases: readonly (readonly [string, Map<string, Uint8Array>])[] = [
    ['the first is missing', new Map([two, three])],
    ['one in the middle is missing', new Map([one, three])],
    ['two are exchanged', new Map([one, [two[0], three[1]], [three[0], two[1]]])],
    ['one is there twice', new Map([one, [two[0], one[1]]])],
    ['an earlier one is cut', new Map([one, [two[0], two[1].slice(0, -1)], three])],
    ['an earlier one is empty', new Map([one, [two[0], new Uint8Array()], three])],
    ['a frame is missing from the middle', new Map([[one[0], withoutFrame(one[1])], two, three])],
    [
      'text follows the last frame',
      withLast(content, Buffer.concat([three[1], Buffer.from('x\n')])),
    ],
    [
      'NUL bytes and text follow',
      withLast(content, Buffer.concat([three[1], Buffer.from('\0\0x')])),
    ],
  ]
  for (const [what, damaged] of cases) {
    const files = memoryFiles(damaged)
    await t.throwsAsync(
      scanJournal(files, () => undefined),
      { code: 'JOURNAL_DAMAGED' },
      what,
    )
    const { ok, findings } = await verifyJournal({ files })
    t.false(ok, what)
    t.like(findings[0], { code: 'JOURNAL_DAMAGED', severity: 'error' }, what)
    t.is(typeof findings[0]?.segment, 'string')
    t.is(typeof findings[0]?.offset, 'number')
  }
})

test('a frame whose hash is right but whose entry is not is told by the auditor', async (t) => {
  const { content, lastFrame } = await written(t)
  const { encodeFrame } = await import('../../../ca/journal/frame.ts')
  let before = { index: 0, head: '0'.repeat(64) as never }
  const start = withLast(content, lastBytes(content).slice(0, lastFrame))
  await scanJournal(memoryFiles(start), ({ next }) => {
    before = next as typeof before
  })
  const good = `{"actor":{"certificate":null,"holder":"box"},"data":{},"files":[],"index":${String(before.index)},"salt":"${'0'.repeat(32)}","subject":"a:1","time":"2026-01-01T00:00:00.000Z","type":"a.made","v":1}`
  const lines = [
    [good, undefined],
    [good.replace('"v":1', '"v":2'), /unknown version/],
    [good.replace('"v":1', '"v":1,"w":1'), /members/],
    [good.replace('"data":{}', '"data": {}'), /canonical/],
    [good.replace(`"index":${String(before.index)}`, '"index":7'), /not numbered/],
    [good.replace('a.made', 'made'), /past participle/],
    [good.replace('.000Z', 'Z'), /time/],
    ['[]', /no object/],
    ['{', /canonical/],
  ] as const
  for (const [line, message] of lines) {
    const { bytes } = encodeFrame(before, [Buffer.from(line)])
    const files = memoryFiles(
      withLast(content, Buffer.concat([lastBytes(content).slice(0, lastFrame), bytes])),
    )
    const { ok, findings } = await verifyJournal({ files })
    t.is(ok, message === undefined, line)
    if (message !== undefined) t.regex(findings[0]?.message ?? '', message)
  }
})

test('an auditor is told of an incomplete end, which is no error', async (t) => {
  const { content, lastFrame } = await written(t)
  const files = memoryFiles(withLast(content, lastBytes(content).slice(0, -9)))
  const { ok, findings } = await verifyJournal({ files })
  t.true(ok)
  t.like(findings, [{ code: 'JOURNAL_INCOMPLETE_END', severity: 'note', offset: lastFrame }])
})

function withoutFrame(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes)
  const first = text.indexOf('sealbox-commit/1')
  const second = text.indexOf('sealbox-commit/1', first + 1)
  return Buffer.concat([text.subarray(0, first), text.subarray(second)])
}
