/** Attacks on evidence bundles: nobody who changes, drops or adds anything gets away with it; and what heads of the journal tell beside an export. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { canonicalJson, equal, toBase64, utf8, type JsonObject } from '../../ca/index.ts'
import { readSignedData, sha256Hex } from '../../ca/path/index.ts'
import {
  createAttest,
  createBundles,
  createHeads,
  evidenceFor,
  type Principal,
} from '../../exchange/index.ts'
import {
  compareHeads,
  readZip,
  reportText,
  verifyFile,
  type GivenFile,
  type Report,
} from '../../exchange/verify/index.ts'
import type { TestBox, TestUnit } from './box_fixture.ts'
import {
  codesOf as codes,
  makeBundle,
  pack,
  packAnew,
  seatOf,
  textIn as text,
  unpack,
  withoutEntries,
  type MadeBundle,
} from './bundle_fixture.ts'

let made: MadeBundle
let box: TestBox
let whole: Uint8Array
let id: string
let name: string
let at: Date

test.before(async () => {
  made = await makeBundle()
  ;({ box, whole, id, name, at } = made)
})
test.after.always(() => box.close())

const seat = (of: TestUnit): Promise<Principal> => seatOf(box, of)
const verify = (
  bytes: Uint8Array,
  { trust = [box.root], when = at }: { trust?: readonly Uint8Array[]; when?: Date } = {},
): Promise<Report> => verifyFile({ name, bytes, trust, at: when })

const receipt = () => `receipts/${box.units[1].unit.name}.receipt.json`

type Attack = readonly [
  title: string,
  change: (members: Map<string, Uint8Array>) => void,
  finds: string,
]

const attacks: readonly Attack[] = [
  ['a receipt is left out', (m) => m.delete(receipt()), 'ANSWER_MISSING'],
  ['a signature is left out', (m) => m.delete(`${receipt()}.p7s`), 'ANSWER_MISSING'],
  [
    'a receipt is left out with its entry',
    (m) => {
      m.delete(receipt())
      m.delete(`${receipt()}.p7s`)
      withoutEntries(m, (line) => line.includes('"document.receipted"'))
    },
    'RECEIPTS_OUTSTANDING',
  ],
  [
    'an entry is left out from the end',
    (m) => {
      withoutEntries(m, (line) => line.includes('"document.receipted"'))
    },
    'STATEMENT_NOT_RECORDED',
  ],
  [
    'an entry is altered',
    (m) => {
      const entries = text(m, 'journal/entries.jsonl')
      m.set(
        'journal/entries.jsonl',
        utf8(entries.replace('document.received', 'document.returned')),
      )
    },
    'ENTRY_NOT_PROVEN',
  ],
  [
    'an entry stands in another entry’s place',
    (m) => {
      const [first = '', ...rest] = text(m, 'journal/entries.jsonl').split('\n')
      m.set('journal/entries.jsonl', utf8([first, first, ...rest.slice(1)].join('\n')))
    },
    'ENTRY_NOT_PROVEN',
  ],
  [
    'entries are added that nobody named',
    (m) => {
      const entries = text(m, 'journal/entries.jsonl')
      m.set('journal/entries.jsonl', utf8(entries + (entries.split('\n')[0] ?? '') + '\n'))
    },
    'ENTRY_NOT_PROVEN',
  ],
  ['proofs are left out', (m) => m.set('journal/proofs.txt', new Uint8Array()), 'ENTRY_NOT_PROVEN'],
  [
    'the head is another one',
    (m) => {
      const lines = text(m, 'journal/checkpoint.txt').split('\n')
      lines[2] = toBase64(new Uint8Array(32))
      m.set('journal/checkpoint.txt', utf8(lines.join('\n')))
    },
    'CHECKPOINT_NOT_TRUSTED',
  ],
  [
    'a consistency proof is forged',
    (m) => {
      const lines = text(m, 'journal/consistency.txt')
      m.set('journal/consistency.txt', utf8(lines.replace(/[0-9a-f]{64}/g, 'ab'.repeat(32))))
    },
    'HEAD_FORKED',
  ],
  [
    'consistency proofs are left out',
    (m) => m.set('journal/consistency.txt', new Uint8Array()),
    'HEAD_NOT_COMPARED',
  ],
  [
    'the PDF is replaced',
    (m) => {
      const [pdf = ''] = [...m.keys()].filter((path) => path.endsWith('.pdf'))
      m.set(pdf, utf8('%PDF-1.7\n%%EOF\n'))
    },
    'BUNDLE_CONTENTS_MALFORMED',
  ],
  [
    'an attachment is replaced',
    (m) => {
      const [path = ''] = [...m.keys()].filter((each) => each.startsWith('attachments/'))
      m.set(path, utf8('another'))
    },
    'BUNDLE_FILE_FAILED',
  ],
  [
    'a receipt is that of another document',
    (m) => m.set('receipts/x.receipt.json', m.get(receipt()) ?? new Uint8Array()),
    'RECEIPT_TWICE',
  ],
  ['bundle.json is left out', (m) => m.delete('bundle.json'), 'BUNDLE_CONTENTS_MALFORMED'],
  [
    'bundle.json claims another scope',
    (m) => m.set('bundle.json', utf8(text(m, 'bundle.json').replace('"whole"', '"own"'))),
    'BUNDLE_PARTIAL',
  ],
]

for (const [title, change, finds] of attacks) {
  test(`does not pass, and says why: ${title}, the list of files made anew`, async (t) => {
    const members = unpack(whole)
    change(members)
    const report = await verify(await packAnew(members))
    t.not(report.verdict, 'TOTAL-PASSED')
    t.true(codes(report).includes(finds), codes(report).join())
    // Nobody but the box can sign the list.
    const [manifest] = report.signatures
    t.like(manifest, { field: 'ASiCManifest', integrity: 'BROKEN', verdict: 'TOTAL-FAILED' })
    t.not(report.bundle?.completeness?.proven, true)
  })

  test(`does not pass: ${title}, the list of files kept`, async (t) => {
    const members = unpack(whole)
    change(members)
    const report = await verify(pack(members))
    t.is(report.verdict, 'TOTAL-FAILED')
    t.true(
      codes(report).some((code) =>
        ['BUNDLE_FILE_MISSING', 'BUNDLE_FILE_ALTERED', 'BUNDLE_FILE_UNLISTED'].includes(code),
      ),
      codes(report).join(),
    )
  })
}

const containers: readonly Attack[] = [
  ['no signature', (m) => m.delete('META-INF/signature.p7s'), 'RECEIPTS_OUTSTANDING'],
  ['no list of files', (m) => m.delete('META-INF/ASiCManifest.xml'), 'BUNDLE_MANIFEST_MALFORMED'],
  [
    'a list of files with a comment in it',
    (m) => {
      const manifest = text(m, 'META-INF/ASiCManifest.xml')
      m.set(
        'META-INF/ASiCManifest.xml',
        utf8(manifest.replace('</asic:ASiC', '<!-- --></asic:ASiC')),
      )
    },
    'BUNDLE_MANIFEST_MALFORMED',
  ],
  ['another type', (m) => m.set('mimetype', utf8('application/zip')), 'BUNDLE_CONTAINER_MALFORMED'],
  ['a file that is not listed', (m) => m.set('note.txt', utf8('x')), 'BUNDLE_FILE_UNLISTED'],
  [
    'a second signature nobody looks at',
    (m) => m.set('META-INF/signature2.p7s', utf8('x')),
    'BUNDLE_FILE_UNLISTED',
  ],
]

for (const [title, change, finds] of containers) {
  test(`does not pass: ${title}`, async (t) => {
    const members = unpack(whole)
    change(members)
    const report = await verify(pack(members))
    t.not(report.verdict, 'TOTAL-PASSED')
    t.true(codes(report).includes(finds), codes(report).join())
  })
}

test('a list that a seat signed, not the journal, is not trusted', async (t) => {
  const members = unpack(whole)
  members.set('META-INF/signature.p7s', members.get(`${receipt()}.p7s`) ?? new Uint8Array())
  t.not((await verify(pack(members))).verdict, 'TOTAL-PASSED')
})

test('who has signed for it is not proven where the dispatch or an answer does not pass', async (t) => {
  const report = await verify(whole)
  t.true(report.bundle?.completeness?.proven)
  for (const path of ['dispatch.json.p7s', 'receipt.json.p7s']) {
    const signature = [...unpack(whole)].find(([name]) => name.endsWith(path))?.[1]
    const [own] = readSignedData(signature ?? new Uint8Array()).certificates
    const compromise = {
      certificate: sha256Hex(own ?? new Uint8Array()),
      from: new Date(0),
      to: null,
      known: new Set<string>(),
      roots: [box.root],
    }
    const statements = { compromises: [compromise], findings: [] }
    const stolen = await verifyFile({ name, bytes: whole, trust: [box.root], at, statements })
    t.not(stolen.verdict, 'TOTAL-PASSED')
    t.is(stolen.signatures[0]?.verdict, 'TOTAL-PASSED', 'the list of files')
    t.false(stolen.bundle?.completeness?.proven)
    t.is(stolen.validUntil, undefined)
  }
})

test('recipients are counted by the dispatch statement that the journal has, whatever stands before it', async (t) => {
  const members = unpack(whole)
  const [path = ''] = [...members.keys()].filter((each) => each.endsWith('.dispatch.json'))
  const forged = JSON.parse(text(members, path)) as JsonObject
  const fewer = canonicalJson({ ...forged, copies: [] })
  const first = new Map([['statements/0.dispatch.json', fewer], ...members])
  const report = await verify(await packAnew(first))
  t.not(report.verdict, 'TOTAL-PASSED')
  t.true(codes(report).includes('STATEMENT_NOT_RECORDED'))
  t.like(report.bundle?.completeness, { recipients: 2, signedFor: 1, proven: false })
})

const isSame = (members: ReadonlyMap<string, Uint8Array>): boolean =>
  [...unpack(made.whole)].every(([path, bytes]) =>
    equal(members.get(path) ?? new Uint8Array(), bytes),
  )

test('97 bytes changed, one at a time, and every file cut short, never passes and always gets a report', async (t) => {
  for (let place = 0; place < whole.length; place += Math.ceil(whole.length / 97)) {
    const copy = whole.slice()
    copy[place] = (copy[place] ?? 0) ^ 0x01
    const reading = readZip(copy)
    // Of what the zip says beside the files (who may read them, which program packed them) nothing depends.
    if ('members' in reading && isSame(reading.members)) continue
    t.not((await verify(copy)).verdict, 'TOTAL-PASSED', String(place))
  }
  for (const length of [0, 4, 30, 100, 1000, whole.length - 1]) {
    t.not((await verify(whole.slice(0, length))).verdict, 'TOTAL-PASSED', String(length))
  }
})

/** The statements of the bundle as files beside each other. */
function statements(): GivenFile[] {
  return [...unpack(whole)]
    .filter(([path]) => /^(?:statements|receipts)\//.test(path))
    .map(([path, bytes]) => ({ name: path, bytes }))
}

function journalOf(): GivenFile[] {
  const directory = join(box.directory, 'journal')
  return readdirSync(directory)
    .filter((file) => file.endsWith('.seg'))
    .toSorted()
    .map((file) => ({ name: file, bytes: new Uint8Array(readFileSync(join(directory, file))) }))
}

test('heads of receipts and the journal agree, and the export shows who witnessed what', async (t) => {
  const common = { trust: [box.root], at }
  const { report, known } = await compareHeads(statements(), journalOf(), common)
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report))
  t.is(report.heads?.agreed, 3)
  const files = statements()
  const dispatch = files.find(({ name: path }) => path.endsWith('dispatch.json'))
  const signature = files.find(({ name: path }) => path.endsWith('dispatch.json.p7s'))?.bytes
  const companions = signature ? { signature } : {}
  const asked = {
    ...common,
    name: 'd.json',
    bytes: dispatch?.bytes ?? new Uint8Array(),
    companions,
  }
  t.is((await verifyFile({ ...asked, heads: known })).signatures[0]?.time?.attestation, 'WITNESSED')
  t.is((await verifyFile(asked)).signatures[0]?.time?.attestation, 'BOX-ATTESTED')
})

test('a journal that was rewritten is a fork, which is named with the files that show it', async (t) => {
  const [first, ...rest] = journalOf()
  const before = new TextDecoder().decode(first?.bytes)
  // One digit of a salt in the first entry: every root after it is another one.
  const rewritten = before.replace(
    /"salt":"(.)/,
    (_, digit: string) => `"salt":"${digit === 'a' ? 'b' : 'a'}`,
  )
  const segments = [{ name: '00000001.seg', bytes: utf8(rewritten) }, ...rest]
  const { report } = await compareHeads(statements(), segments, { trust: [box.root], at })
  t.is(report.verdict, 'TOTAL-FAILED')
  t.is(report.heads?.forks.length, 3)
  t.true(
    report.heads?.forks.every(({ roots }) => roots.some(({ files }) => files.includes('journal'))),
  )
  t.regex(reportText(report, 'zh'), /日志出现分叉/)
})

test('a head in a forged statement accuses nobody', async (t) => {
  const files = statements().map((file) => {
    if (!file.name.endsWith('receipt.json')) return file
    const forged = JSON.parse(new TextDecoder().decode(file.bytes)) as { head: object } & JsonObject
    const head = { ...forged.head, root: toBase64(new Uint8Array(32)) }
    return { ...file, bytes: canonicalJson({ ...forged, head }) }
  })
  const { report } = await compareHeads(files, journalOf(), { trust: [box.root], at })
  t.deepEqual(report.heads?.forks, [])
  t.true(codes(report).includes('HEAD_NOT_TRUSTED'))
})

test('heads without a journal are not compared, and a shorter journal says nothing of later heads', async (t) => {
  const common = { trust: [box.root], at }
  const alone = await compareHeads(statements(), [], common)
  t.is(alone.report.verdict, 'INDETERMINATE')
  t.true(codes(alone.report).includes('HEAD_NOT_COMPARED'))
  const nothing = await compareHeads([], [], common)
  t.true(codes(nothing.report).includes('HEADS_NOT_GIVEN'))
  t.is(nothing.report.verdict, 'INDETERMINATE')
})

test('a box that signs a bundle without an answer is convicted by its own journal', async (t) => {
  // The real box, with a view that forgets the receipt: what a dishonest one would do.
  const { parts } = box
  const { trust } = box.box
  const views = new Proxy(parts.journal.views, {
    get: (target, key) =>
      key === 'scan'
        ? async function* (prefix: string) {
            for await (const row of target.scan(prefix)) {
              const index = prefix.startsWith('x/about/') ? Number(row.value) : -1
              const entry = index < 0 ? undefined : await parts.journal.entry(index)
              if (entry?.type !== 'document.receipted') yield row
            }
          }
        : (Reflect.get(target, key) as unknown),
  })
  const { journal, clock, authority, directory, blobs, archive } = parts
  const lying = createBundles({
    ...{ directory, blobs, archive, heads: createHeads(blobs), districtName: '区' },
    journal: {
      views,
      state: 'running',
      entry: (index) => journal.entry(index),
      inclusionProof: (index, size) => journal.inclusionProof(index, size),
      consistencyProof: (first, second) => journal.consistencyProof(first, second),
    },
    box: {
      id: box.id,
      checkpoint: parts.box.checkpoint,
      attest: createAttest({
        signer: () => trust.journalSigner,
        authority,
        stamp: (imprint) => parts.timeStamping.stamp(imprint),
        evidence: (certificate) =>
          evidenceFor({ authority, clock, services: trust.evidence }, certificate),
      }),
      certificates: () => ({}),
      crls: () => Promise.resolve([]),
    },
  })
  const { bytes } = await lying(await seat(box.units[0]), id)
  const alone = await verifyFile({ name, bytes, trust: [box.root], at: new Date() })
  t.is(alone.verdict, 'TOTAL-PASSED', 'by itself nobody can tell')
  t.is(alone.bundle?.completeness?.signedFor, 0)
  const common = { trust: [box.root], at: new Date() }
  const { report } = await compareHeads([{ name, bytes }], journalOf(), common)
  t.is(report.verdict, 'TOTAL-FAILED')
  t.true(codes(report).includes('BUNDLE_OMITS_ENTRY'))
})

test('a receipt is compared with the dispatch statement beside it', async (t) => {
  const { units } = box
  const file = (ending: string) => statements().find((one) => one.name.endsWith(ending))?.bytes
  const bytes = file('receipt.json') ?? new Uint8Array()
  const [signature, dispatch] = [file('receipt.json.p7s'), file('dispatch.json')]
  if (!signature || !dispatch) return t.fail('no statements')
  const ask = (dispatches: readonly Uint8Array[]): Promise<Report> =>
    verifyFile({
      name: 'a.json',
      bytes,
      trust: [box.root],
      at,
      companions: { signature, dispatches },
    })
  t.is((await ask([dispatch])).verdict, 'TOTAL-PASSED')
  t.is((await ask([])).verdict, 'TOTAL-PASSED')
  const other = JSON.parse(new TextDecoder().decode(dispatch)) as JsonObject
  const recipients = { main: [units[2].unit.uscc], copies: [] }
  const changed = await ask([canonicalJson({ ...other, ...recipients })])
  t.is(changed.verdict, 'TOTAL-FAILED')
  t.deepEqual(
    codes(changed).filter((code) => code.startsWith('RECEIPT')),
    ['RECEIPT_OTHER_DISPATCH', 'RECEIPT_NOT_RECIPIENT'],
  )
  const replaced = await ask([canonicalJson({ ...other, documentHash: '0'.repeat(64) })])
  t.true(codes(replaced).includes('RECEIPT_OTHER_DOCUMENT'))
})
