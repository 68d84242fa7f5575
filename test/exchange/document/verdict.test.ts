/** The verdict on the document page: the offline verifier's, kept for minutes and no longer, of a file that was altered never passed. */
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import test from 'ava'
import {
  CaError,
  fromPem,
  sha256Hex,
  type Blobs,
  type Sha256,
  type Views,
} from '../../../ca/index.ts'
import { createVerdicts, verdictHoldsMs } from '../../../exchange/document/verdict.ts'

const folder = 'docs/formats/example'
const sealed = new Uint8Array(readFileSync(`${folder}/notice.pdf`))
const [root = new Uint8Array()] = fromPem('CERTIFICATE', readFileSync(`${folder}/root.pem`, 'utf8'))
const start = Date.parse('2026-12-01T00:00:00.000Z')

function open(options: { files: readonly Uint8Array[]; trust?: Uint8Array }) {
  const at = { ms: start }
  const reads: string[] = []
  const blobs = {
    get: (name: Sha256) => {
      reads.push(name)
      const found = options.files.find((file) => sha256Hex(file) === name)
      return found ? Promise.resolve(found) : Promise.reject(new CaError('BLOB_MISSING', name))
    },
  } as Blobs
  const verdicts = createVerdicts({
    // Nothing was stated of any key.
    views: { scan: () => Readable.from([]) } as unknown as Views,
    blobs,
    clock: { now: () => new Date(at.ms), timeSource: 'host', state: 'confirmed' },
    roots: [options.trust ?? root],
    crls: () => Promise.resolve([]),
    record: () => Promise.resolve(undefined),
  })
  return { verdicts, at, reads }
}

test('a sealed file of ours passes, judged once for all who ask', async (t) => {
  const { verdicts, reads } = open({ files: [sealed] })
  const [first, second] = await Promise.all([
    verdicts.of(sha256Hex(sealed)),
    verdicts.of(sha256Hex(sealed)),
  ])
  t.is(first.verdict, 'TOTAL-PASSED')
  t.is(first.signatures[0]?.integrity, 'INTACT')
  t.is(first, second)
  t.is(await verdicts.of(sha256Hex(sealed)), first)
  t.is(reads.length, 1)
})

test('a verdict is asked anew after some minutes, and when the clock was set back', async (t) => {
  const { verdicts, at, reads } = open({ files: [sealed] })
  await verdicts.of(sha256Hex(sealed))
  at.ms = start + verdictHoldsMs - 1
  await verdicts.of(sha256Hex(sealed))
  t.is(reads.length, 1)
  at.ms = start + verdictHoldsMs
  await verdicts.of(sha256Hex(sealed))
  t.is(reads.length, 2)
  at.ms = start - 1000
  await verdicts.of(sha256Hex(sealed))
  t.is(reads.length, 3)
  at.ms = Date.parse('2090-01-01T00:00:00.000Z')
  t.not((await verdicts.of(sha256Hex(sealed))).verdict, 'TOTAL-PASSED', 'not for ever')
})

test('an altered file fails, without its root nothing is decided, a missing file is said', async (t) => {
  const altered = sealed.slice()
  const at = Buffer.from(sealed).indexOf('stream') + 40
  altered[at] = (altered[at] ?? 0) ^ 1
  const { verdicts } = open({ files: [altered] })
  t.is((await verdicts.of(sha256Hex(altered))).verdict, 'TOTAL-FAILED')
  const other = open({ files: [sealed], trust: new Uint8Array(3) })
  const undecided = await other.verdicts.of(sha256Hex(sealed))
  t.is(undecided.verdict, 'INDETERMINATE')
  t.is(undecided.signatures[0]?.integrity, 'INTACT')
  await t.throwsAsync(verdicts.of(sha256Hex(sealed)), { code: 'BLOB_MISSING' })
  await t.throwsAsync(verdicts.of(sha256Hex(sealed)), { code: 'BLOB_MISSING' }, 'each time')
})
