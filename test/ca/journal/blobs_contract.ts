/** What every `Blobs` keeps. An implementation hands itself in empty; `reopen` closes it and opens the same one again. */
import { randomBytes } from 'node:crypto'
import type { ExecutionContext, TestFn } from 'ava'
import { sha256Hex, utf8, type Sha256 } from '../../../ca/bytes.ts'
import type { Blobs } from '../../../ca/journal/index.ts'
import { collect } from './places.ts'

export interface BlobsUnderTest {
  readonly blobs: Blobs
  /** More than this is too large; small, so that the test is quick. */
  readonly maxBytes: number
  readonly reopen: () => Promise<Blobs>
}

/** Declares the tests that the blobs of `open` must pass. */
export function blobsContract(
  test: TestFn,
  name: string,
  open: (t: ExecutionContext) => Promise<BlobsUnderTest>,
): void {
  test(`${name}: a blob is named by its SHA-256 and comes back whole, also after reopening`, async (t) => {
    const { blobs, maxBytes, reopen } = await open(t)
    const contents = [0, 1, 1000, maxBytes].map((length) => new Uint8Array(randomBytes(length)))
    const names = await Promise.all(contents.map((bytes) => blobs.put(bytes)))
    t.deepEqual(names, contents.map(sha256Hex))
    const again = await reopen()
    for (const [at, blobName] of names.entries()) {
      t.true(await again.has(blobName))
      t.deepEqual(await again.get(blobName), contents[at])
    }
  })

  test(`${name}: what is not there is BLOB_MISSING, what is too large BLOB_TOO_LARGE`, async (t) => {
    const { blobs, maxBytes } = await open(t)
    const name = sha256Hex(utf8('nothing'))
    t.false(await blobs.has(name))
    await t.throwsAsync(blobs.get(name), { code: 'BLOB_MISSING' })
    await t.throwsAsync(blobs.put(new Uint8Array(maxBytes + 1)), { code: 'BLOB_TOO_LARGE' })
    t.deepEqual(await collect(blobs.names()), [])
  })

  test(`${name}: the same bytes are one blob, also when put at once`, async (t) => {
    const { blobs, reopen } = await open(t)
    const bytes = utf8('the same')
    const names = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes)))
    await blobs.put(bytes)
    t.deepEqual([...new Set(names)], [sha256Hex(bytes)])
    t.is(await (await reopen()).put(bytes), sha256Hex(bytes))
  })

  test(`${name}: all names are listed, each once`, async (t) => {
    const { blobs, reopen } = await open(t)
    const expected: Sha256[] = []
    for (let at = 0; at < 40; at++) expected.push(await blobs.put(utf8(`blob ${String(at)}`)))
    await blobs.put(utf8('blob 0'))
    t.deepEqual((await collect(blobs.names())).sort(), expected.toSorted())
    t.deepEqual((await collect((await reopen()).names())).sort(), expected.toSorted())
  })

  test(`${name}: closed, it finishes what was handed in and takes no more`, async (t) => {
    const { blobs, reopen } = await open(t)
    const pending = blobs.put(utf8('last'))
    await blobs.close()
    const name = await pending
    await t.throwsAsync(blobs.put(utf8('later')), { code: 'BLOB_STOPPED' })
    t.true(await (await reopen()).has(name))
  })
}
