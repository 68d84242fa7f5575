/**
 * The evidence sheet: a report of verification on paper, for the file that is kept beside the printed document. It names the file by its
 * SHA-256, also as a QR code, so that nobody can put it beside another. Same report, language and faces: same bytes.
 */
import { paint } from '../layout/index.ts'
import { createShaper, type Shaper } from '../layout/metrics.ts'
import type { Fonts } from '../layout/fonts.ts'
import {
  changesAfter,
  commonName,
  conformanceText,
  findingText,
  integrityWords,
  isStatement,
  statementWords,
  verdictSentence,
  verdictWords,
  type Finding,
  type Language,
  type Report,
  type SignatureReport,
} from '../verify/index.ts'
import {
  bandBlock,
  beside,
  column,
  factBlock,
  gap,
  headingBlock,
  lineAt,
  merged,
  paginate,
  signatureLine,
  stack,
  textBlock,
  type Block,
  type Fact,
} from './blocks.ts'
import { qrBlock } from './qr_block.ts'
import { momentText, pageOf, stampWord, verdictColour, word, type SheetWord } from './words.ts'

/** More are not printed; the sheet says how many were left out. */
const maxPrinted = { signatures: 120, findings: 200, changes: 60 }
const qrSize = 36

export interface SheetRequest {
  readonly report: Report
  /** Of the file that was verified. */
  readonly file: { readonly sha256: string; readonly bytes: number }
  /** The roots it was verified under. */
  readonly roots: readonly { readonly subject: string; readonly sha256: string }[]
  readonly language: Language
  readonly fonts: Fonts
  /** IANA name. */
  readonly timeZone: string
}

/** The sheet, a PDF of A4 pages. */
export async function evidenceSheet(request: SheetRequest): Promise<Uint8Array> {
  const { report, file, language, fonts } = request
  const shaper = createShaper(fonts)
  const pages = paginate(blocksOf(request, shaper)).map((page, at, all) =>
    merged([
      page,
      lineAt(shaper, '印匣 Sealbox', { top: 279, align: 'left', size: 8 }),
      lineAt(shaper, pageOf(language, at + 1, all.length), { top: 279, align: 'right', size: 8 }),
    ]),
  )
  return paint({
    document: { pages, seals: [], substitutions: [] },
    fonts,
    info: {
      title: `${word(language, 'title')} ${report.file} ${file.sha256}`,
      author: 'Sealbox',
      attachments: [],
    },
  })
}

function blocksOf(request: SheetRequest, shaper: Shaper): Block[] {
  const { report, language } = request
  return [
    textBlock(shaper, word(language, 'title'), { role: 'xiaobiaosong', size: 22 }),
    gap(4),
    bandBlock(shaper, {
      large: verdictSentence(report, language),
      small: [report.verdict, report.subIndication].filter(Boolean).join('  '),
      colour: verdictColour[report.verdict],
    }),
    beside(
      stack(fileFacts(request).map((fact) => factBlock(shaper, fact, column.width - qrSize - 4))),
      qrBlock(request.file.sha256, { left: column.right - qrSize, size: qrSize }),
    ),
    ...report.findings
      .slice(0, maxPrinted.findings)
      .map((one) => findingBlock(one, { shaper, language })),
    ...leftOut(report.findings.length - maxPrinted.findings, shaper),
    ...report.signatures
      .slice(0, maxPrinted.signatures)
      .flatMap((one, at) => signatureBlocks(one, { at, request, shaper })),
    ...leftOut(report.signatures.length - maxPrinted.signatures, shaper),
    ...conformanceBlocks(request, shaper),
    ...checkBlocks(request, shaper),
  ]
}

function fileFacts({ report, file, language, timeZone, roots }: SheetRequest): Fact[] {
  const say = (key: SheetWord): string => word(language, key)
  return [
    { term: say('file'), value: report.file },
    { term: say('size'), value: `${file.bytes.toLocaleString('en-US')} ${say('bytes')}` },
    { term: say('hash'), value: grouped(file.sha256), isCode: true },
    { term: say('at'), value: momentText(language, report.at, timeZone) },
    ...(report.validUntil === undefined
      ? []
      : [{ term: say('until'), value: momentText(language, report.validUntil, timeZone) }]),
    ...roots.flatMap(({ subject, sha256 }) => [
      { term: say('roots'), value: subject },
      { term: say('fingerprint'), value: grouped(sha256), isCode: true },
    ]),
  ]
}

/** Hexadecimal digits in groups of eight. */
const grouped = (hex: string): string => hex.match(/.{1,8}/g)?.join(' ') ?? ''

function signatureBlocks(
  signature: SignatureReport,
  { at, request, shaper }: { at: number; request: SheetRequest; shaper: Shaper },
): Block[] {
  const { language } = request
  const label = word(language, isStatement(signature) ? 'statement' : 'seal')
  return [
    headingBlock(shaper, `${label} ${String(at + 1)}\u2003${signature.field}`),
    ...signatureFacts(signature, request).map((fact) => factBlock(shaper, fact)),
    ...signature.findings
      .slice(0, maxPrinted.findings)
      .map((one) => findingBlock(one, { shaper, language })),
  ]
}

function signatureFacts(signature: SignatureReport, request: SheetRequest): Fact[] {
  const { language, timeZone } = request
  const say = (key: SheetWord): string => word(language, key)
  const moment = (time: string): string => momentText(language, time, timeZone)
  const integrity = (isStatement(signature) ? statementWords : integrityWords)[signature.integrity]
  const facts: (Fact | undefined)[] = [
    { term: say('signer'), value: commonName(signature.signer) },
    {
      term: say('content'),
      value: integrity[language],
      colour: signature.integrity === 'INTACT' ? 'green' : 'red',
    },
    {
      term: say('verdict'),
      value: `${verdictWords[signature.verdict][language]} ${signature.verdict}`,
      colour: verdictColour[signature.verdict],
    },
    { term: say('level'), value: signature.level ?? '' },
    {
      term: say('claimed'),
      value: signature.claimedTime === null ? '' : moment(signature.claimedTime),
    },
    ...signature.timestamps.map(({ kind, time }) => ({
      term: stampWord(language, kind),
      value: moment(time),
    })),
    signature.provenBy === undefined
      ? undefined
      : { term: say('proven'), value: moment(signature.provenBy) },
    ...signature.chain.map((subject, at) => ({
      term: at === 0 ? say('chain') : '',
      value: at === 0 ? subject : `← ${subject}`,
    })),
    {
      term: say('after'),
      value: changesAfter(request.report, signature, language)
        .slice(0, maxPrinted.changes)
        .join(language === 'zh' ? '；' : '; '),
    },
  ]
  return facts.filter((fact) => fact !== undefined).filter(({ value }) => value !== '')
}

const severityColours = { error: 'red', warning: 'amber', info: 'grey' } as const

function findingBlock(
  one: Finding,
  { shaper, language }: { readonly shaper: Shaper; readonly language: Language },
): Block {
  return factBlock(shaper, {
    term: word(language, 'found'),
    value: findingText(one, language),
    colour: severityColours[one.severity],
  })
}

/** That some were left out, and how many. */
function leftOut(count: number, shaper: Shaper): Block[] {
  if (count <= 0) return []
  return [textBlock(shaper, `… +${String(count)}`, { role: 'hei', size: 9, colour: 'grey' })]
}

function conformanceBlocks({ report, language }: SheetRequest, shaper: Shaper): Block[] {
  if (report.conformance.length === 0) return []
  return [
    headingBlock(shaper, word(language, 'conformance')),
    ...report.conformance
      .slice(0, maxPrinted.findings)
      .map((note) => textBlock(shaper, conformanceText(note, language), { role: 'song', size: 9 })),
  ]
}

function checkBlocks({ report, language }: SheetRequest, shaper: Shaper): Block[] {
  const half = column.width / 2
  // Never the file's name, which may be anything: somebody could type it into a shell.
  const command = `sealbox verify ${word(language, 'file')}.pdf --trust root.pem --at ${report.at}`
  return [
    headingBlock(shaper, word(language, 'check')),
    textBlock(shaper, word(language, 'checkText'), { role: 'song', size: 9.5 }),
    gap(1.5),
    textBlock(shaper, command, { role: 'hei', size: 9 }),
    beside(
      signatureLine(shaper, word(language, 'verifiedBy'), { left: column.left, width: half - 6 }),
      signatureLine(shaper, word(language, 'on'), { left: column.left + half, width: half }),
    ),
  ]
}
