/** Pictures that units supply: read as other programs wrote them, made safe, refused where they are no seal or made to do harm. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import test from 'ava'
import { ExchangeError } from '../../../exchange/errors.ts'
import { createPagePictures, loadFonts, markOutlines } from '../../../exchange/index.ts'
import {
  addBaselineEvidence,
  completeSeal,
  pictureMark,
  prepareSeal,
  readUnitPicture,
  sealMark,
  type PdfSource,
  type PreparedSeal,
  type SealedPdf,
  type SealMark,
} from '../../../exchange/seal/index.ts'
import { verifyFile } from '../../../exchange/verify/index.ts'
import { readPng } from '../../../exchange/seal/png.ts'
import { pageWith, samplePdf, seeded } from '../pdf/sample.ts'
import { createTestPki } from './pki.ts'
import { qpdfComplaints } from './tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealbox-picture-'))
const pki = createTestPki({ suites: ['ecdsa-p256-sha256'] })
const pictures = createPagePictures()
const outlines = markOutlines(await loadFonts())
const drawn = sealMark({ name: '青禾区人民政府办公室', trial: false, outlines })

test.after.always(async () => {
  await pictures.close()
  for (const one of [folder, pki.folder]) rmSync(one, { recursive: true, force: true })
})

/** A page that shows a mark in its middle, prepared to be sealed. */
function shown(mark: SealMark, page = samplePdf()): Uint8Array {
  const { certificate, algorithm } = pki.units[0] ?? pki.tsa
  return prepareSeal({
    ...{ pdf: page, certificate, algorithm, mark, page: 0, fieldName: 'seal-1', name: 'Unit' },
    centre: { x: 297.5, y: 421 },
    at: new Date('2026-09-01T08:00:00Z'),
  }).pdf
}

/** What pdftoppm writes of a PDF's only page: the part around the mark. */
function painted(pdf: Uint8Array, name: string, ...options: string[]): Uint8Array {
  const file = join(folder, `${name}.pdf`)
  writeFileSync(file, pdf)
  const part = ['-x', '360', '-y', '635', '-W', '520', '-H', '500']
  execFileSync('pdftoppm', [
    '-r',
    '150',
    '-singlefile',
    ...part,
    ...options,
    file,
    join(folder, name),
  ])
  const ending = options.includes('-png') ? 'png' : options.includes('-jpeg') ? 'jpg' : 'ppm'
  return new Uint8Array(readFileSync(join(folder, `${name}.${ending}`)))
}

const page = shown(drawn)
const supplied = painted(page, 'rgb', '-png')

test('a PNG is read to the very pixels', (t) => {
  const { width, height, rgb } = readPng(supplied)
  const raw = painted(page, 'raw')
  t.deepEqual([width, height], [520, 500])
  t.is(Buffer.compare(rgb, raw.subarray(raw.length - rgb.length)), 0)
})

/** A PNG by hand: `type` and `depth` of its samples, rows with their filters. */
function png(
  shape: { width: number; height: number; depth: number; type: number; interlaced?: boolean },
  rows: Uint8Array,
  extra: readonly (readonly [string, Uint8Array])[] = [],
): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(shape.width, 0)
  header.writeUInt32BE(shape.height, 4)
  header.set([shape.depth, shape.type, 0, 0, shape.interlaced ? 1 : 0], 8)
  const chunk = (name: string, data: Uint8Array): Buffer => {
    const whole = Buffer.concat([
      Buffer.alloc(4),
      Buffer.from(name, 'latin1'),
      data,
      Buffer.alloc(4),
    ])
    whole.writeUInt32BE(data.length, 0)
    whole.writeUInt32BE(crc32(whole.subarray(4, -4)), whole.length - 4)
    return whole
  }
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...extra.map(([name, data]) => chunk(name, data)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** One pixel of each kind, and what it is on white paper. */
const kinds: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
  ['grey', png({ width: 1, height: 1, depth: 8, type: 0 }, Uint8Array.of(0, 7)), [7, 7, 7]],
  [
    'grey of four bits',
    png({ width: 2, height: 1, depth: 4, type: 0 }, Uint8Array.of(0, 0x3f)),
    [51, 51, 51, 255, 255, 255],
  ],
  [
    'colour of sixteen bits',
    png({ width: 1, height: 1, depth: 16, type: 2 }, Uint8Array.of(0, 9, 1, 8, 2, 7, 3)),
    [9, 8, 7],
  ],
  [
    'a palette with transparency',
    png({ width: 2, height: 1, depth: 1, type: 3 }, Uint8Array.of(0, 0x40), [
      ['PLTE', Uint8Array.of(1, 2, 3, 200, 0, 0)],
      ['tRNS', Uint8Array.of(0)],
    ]),
    [255, 255, 255, 200, 0, 0],
  ],
  [
    'grey with alpha',
    png({ width: 1, height: 1, depth: 8, type: 4 }, Uint8Array.of(0, 0, 51)),
    [204, 204, 204],
  ],
  [
    'colour with alpha, filtered',
    png({ width: 2, height: 1, depth: 8, type: 6 }, Uint8Array.of(1, 200, 0, 0, 255, 5, 0, 0, 0)),
    [200, 0, 0, 205, 0, 0],
  ],
]

test('each kind of PNG is read, on white paper', (t) => {
  for (const [what, bytes, expected] of kinds)
    t.deepEqual([...readPng(bytes).rgb], [...expected], what)
})

const square = (value: number, side = 200): Uint8Array => {
  const rows = new Uint8Array(side * (side + 1)).fill(value)
  for (let row = 0; row < side; row++) rows[row * (side + 1)] = 0
  return png({ width: side, height: side, depth: 8, type: 0 }, rows)
}
const huge = { width: 2400, height: 2400, depth: 8, type: 6 }

/** What is refused. */
const refused: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array()],
  ['a text', new TextEncoder().encode('<svg/>')],
  ['blank paper', square(255)],
  ['all black', square(0)],
  ['too small', square(128, 100)],
  ['too many pixels', png({ ...huge, width: 2401 }, new Uint8Array(9))],
  ['a header that promises more than there is', png(huge, new Uint8Array(9))],
  [
    'more data than the header promises',
    png({ ...huge, width: 1, height: 1 }, new Uint8Array(9e6)),
  ],
  [
    'interlaced',
    png({ width: 1, height: 1, depth: 8, type: 0, interlaced: true }, new Uint8Array(2)),
  ],
  ['a depth that is none', png({ width: 1, height: 1, depth: 3, type: 0 }, new Uint8Array(2))],
  ['an unknown filter', png({ width: 1, height: 1, depth: 8, type: 0 }, Uint8Array.of(5, 0))],
  [
    'an unknown critical part',
    png({ width: 1, height: 1, depth: 8, type: 0 }, new Uint8Array(2), [
      ['EVIL', new Uint8Array(1)],
    ]),
  ],
  [
    'a colour beyond its palette',
    png({ width: 1, height: 1, depth: 8, type: 3 }, new Uint8Array(2)),
  ],
  ['torn', supplied.subarray(0, 3000)],
  ['a JPEG without a frame', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['a file of more than 2 MB', Buffer.concat([supplied, Buffer.alloc(2 * 1024 * 1024)])],
]

test('what is no seal, or made to do harm, is refused', async (t) => {
  for (const [what, bytes] of refused) {
    await t.throwsAsync(readUnitPicture(bytes, pictures), { code: 'SEAL_PICTURE_REFUSED' }, what)
  }
})

test('of a thousand mutations each is a picture or refused', async (t) => {
  const draw = seeded(20_261_125)
  const jpeg = painted(page, 'small', '-jpeg').slice()
  let taken = 0
  for (let round = 0; round < 1000; round++) {
    const source = round % 50 === 0 ? jpeg : supplied
    const bytes = source.slice(0, draw(10) === 0 ? draw(source.length) : source.length)
    for (let flips = draw(4); flips >= 0; flips--) bytes[draw(bytes.length || 1)] = draw(256)
    try {
      await readUnitPicture(bytes, pictures)
      taken++
    } catch (error) {
      if (!(error instanceof ExchangeError) || error.code !== 'SEAL_PICTURE_REFUSED') throw error
    }
  }
  t.true(taken < 1000)
  t.log(`seed 20261125: ${String(taken)} of 1,000 were still pictures`)
})

/** Mean difference of two pictures, of 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  const [one, other] = [readPng(a).rgb, readPng(b).rgb]
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length
}

test('a picture seal looks like its picture, from PNG and JPEG, with nothing of the file but pixels', async (t) => {
  const jpeg = painted(page, 'jpeg', '-jpeg')
  for (const [kind, bytes] of [
    ['png', supplied],
    ['jpeg', jpeg],
  ] as const) {
    const picture = await readUnitPicture(bytes, pictures)
    // As large as the part that was painted.
    const diameter = (520 * 72) / 150
    const pdf = shown(pictureMark({ picture, trial: false, diameter, outlines }))
    const file = join(folder, `mark-${kind}.pdf`)
    writeFileSync(file, pdf)
    t.is(qpdfComplaints(file), '')
    t.true(difference(painted(pdf, `again-${kind}`, '-png'), supplied) < 12, kind)
    t.is(inflateSync(picture.colour).length, 3 * picture.width * picture.height)
    t.false(Buffer.from(pdf).includes(Buffer.from(bytes.subarray(bytes.length - 40))))
  }
})

test('on a trial box the words stand in a picture seal too, and on turned pages it stands upright', async (t) => {
  const picture = await readUnitPicture(supplied, pictures)
  const options = { picture, outlines, diameter: 200 }
  const plain = shown(pictureMark({ ...options, trial: false }))
  const trial = shown(pictureMark({ ...options, trial: true }))
  t.true(difference(painted(plain, 'plain', '-png'), painted(trial, 'trial', '-png')) > 0.1)
  const turned = shown(
    pictureMark({ ...options, trial: true }),
    samplePdf({ 3: pageWith('/Rotate 180') }),
  )
  const [a, b] = [painted(trial, 'upright', '-png'), painted(turned, 'turned', '-png')]
  t.true(difference(a, b) < 12)
})

test('seals with pictures beside each other pass', async (t) => {
  const signer = pki.units[0] ?? pki.tsa
  const { certificate, algorithm } = signer
  const certificates = [certificate, pki.root]
  const picture = await readUnitPicture(supplied, pictures)
  const mark = pictureMark({ picture, trial: false, outlines })
  let source: PdfSource = samplePdf()
  let sealed: SealedPdf | undefined
  for (const [at, x] of [150, 400].entries()) {
    const prepared: PreparedSeal = prepareSeal({
      ...{ pdf: source, certificate, certificates, algorithm, mark, page: 0, name: 'Unit' },
      ...{ centre: { x, y: 421 }, fieldName: `seal-${String(at)}`, at: new Date(), docMdp: 2 },
    })
    const signature = await signer.sign(prepared.attributes)
    const completion = { prepared, signature, algorithm, certificate, certificates }
    sealed = await completeSeal({ ...completion, stamp: pki.stamp })
    source = sealed.file
  }
  if (!sealed) throw new TypeError('no seal')
  const evidence = () => pki.evidence(0)
  const { pdf } = await addBaselineEvidence({ pdf: sealed, evidence, stamp: pki.stamp })
  const at = new Date(Date.now() + 60_000)
  const report = await verifyFile({ name: 'p.pdf', bytes: pdf, trust: [pki.root], at })
  t.is(report.verdict, 'TOTAL-PASSED', JSON.stringify(report.signatures))
  t.deepEqual(
    report.signatures.map(({ integrity }) => integrity),
    ['INTACT', 'INTACT', 'INTACT'].slice(0, report.signatures.length),
  )
})
