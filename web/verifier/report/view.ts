/** One file's report: the verdict in a sentence, who and when, then signatures, revisions, findings, and conformance apart from all that. */
import {
  commonName,
  conformanceTable,
  isStatement,
  verdictSentence,
  verdictWords,
  type Finding,
  type Report,
} from '../../../exchange/verify/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { both, type Words } from '../../one_file/language.ts'
import { card, facts, size } from '../../one_file/parts.ts'
import { markOf } from '../place.ts'
import { lastPart, shown } from '../shown.ts'
import { zoned } from '../times.ts'
import type { FileFacts } from '../judge/messages.ts'
import { markOfVerdict } from '../verdicts.ts'
import { report as words } from '../words/report.ts'
import { bundleCards, headsCard } from './bundle.ts'
import { findingList, wordsOfFinding } from './findings.ts'
import { revisionList } from './revisions.ts'
import { signatureCard } from './signature.ts'

export interface ReportOf {
  /** With its folders. */
  readonly name: string
  readonly report: Report
  readonly facts: FileFacts
  /** Roots that it was judged by: what they call themselves, and their fingerprints. */
  readonly roots: readonly { readonly name: string; readonly sha256: string }[]
  readonly at: Date
  /** The command line that gives the same. */
  readonly command: string
  /** Shows the pages of a revision; absent where there are none to show. */
  readonly look?: (revision: number) => void
}

/** The large sentence, in its colour. */
export function verdictBanner({ report, name }: ReportOf, ...more: readonly Child[]): HTMLElement {
  const kind = markOfVerdict[report.verdict]
  const sentence = { zh: verdictSentence(report, 'zh'), en: verdictSentence(report, 'en') }
  return h(
    'section',
    { class: `banner ${kind}` },
    markOf(kind),
    h(
      'div',
      {},
      h('p', { class: 'small' }, h('bdi', {}, shown(lastPart(name)))),
      h('h1', { tabindex: -1, id: 'verdict' }, sentence),
      h(
        'p',
        { class: 'said' },
        h('b', {}, verdictWords[report.verdict]),
        h('code', {}, report.verdict),
        report.subIndication !== undefined && h('code', {}, report.subIndication),
        report.verdict === 'TOTAL-PASSED' &&
          report.findings.some(({ code }) => code === 'TRIAL_DISTRICT') &&
          h('span', { class: 'tag trial' }, words.trial),
      ),
      ...topLines(report).map((line) => h('p', {}, line)),
      ...more,
    ),
  )
}

/** What keeps it from passing, then who and when, then until when. */
function topLines(report: Report): Words[] {
  return [
    ...errorsOf(report).slice(0, 3).map(wordsOfFinding),
    ...whoAndWhen(report),
    ...signedForLine(report),
    ...(report.validUntil === undefined ? [] : [words.until(zoned(report.validUntil))]),
  ]
}

function signedForLine({ bundle }: Report): Words[] {
  if (bundle?.completeness === undefined) return []
  const { signedFor, recipients } = bundle.completeness
  return [words.signedFor(signedFor, recipients)]
}

function errorsOf({ findings, signatures }: Report): Finding[] {
  const all = [...findings, ...signatures.flatMap((one) => one.findings)]
  const errors = all.filter(({ severity }) => severity === 'error')
  return [...new Map(errors.map((one) => [one.code, one])).values()]
}

function whoAndWhen({ signatures: all }: Report): Words[] {
  // Of a bundle it is told who sealed its document.
  const seals = all.filter((one) => !isStatement(one))
  const signatures = seals.length > 0 ? seals : all
  const [first] = signatures
  const names = [...new Set(signatures.map(({ signer }) => commonName(signer)))].filter(
    (name) => name !== '',
  )
  if (first === undefined || names.length === 0) return []
  const listed = shown(names.join('、'))
  const [stamp] = first.timestamps
  if (isStatement(first)) {
    return [stamp ? words.signed(listed, zoned(stamp.time)) : words.signedUnstamped(listed)]
  }
  return [stamp ? words.sealed(listed, zoned(stamp.time)) : words.sealedUnstamped(listed)]
}

/** Everything below the sentence. */
export function reportCards(of: ReportOf): HTMLElement[] {
  const { report, look } = of
  const told = new Set(
    report.signatures.flatMap(({ findings }) => findings.map(({ code }) => code)),
  )
  const ofFile = report.findings.filter(({ code }) => !told.has(code))
  return [
    ...(report.bundle === undefined ? [] : bundleCards(report.bundle)),
    ...(report.signatures.length === 0
      ? []
      : [card(words.seals, ...report.signatures.map((one) => signatureCard(one)))]),
    ...(ofFile.length === 0 ? [] : [card(words.findings, findingList(ofFile))]),
    ...((report.revisions ?? []).length === 0
      ? []
      : [card(words.revisions, revisionList(report, look))]),
    ...(report.heads === undefined ? [] : [headsCard(report.heads)]),
    ...renewalCards(report),
    conformanceCard(report),
    aboutCard(of),
  ]
}

function renewalCards({ renewals = [] }: Report): HTMLElement[] {
  if (renewals.length === 0) return []
  const rows = renewals.map(({ time, validUntil }) =>
    h('li', {}, zoned(time), validUntil !== null && [' → ', zoned(validUntil)]),
  )
  return [card(words.renewals, h('ul', {}, ...rows))]
}

function conformanceCard({ conformance }: Report): HTMLElement {
  return card(
    words.conformance,
    h('p', { class: 'small' }, words.conformanceWhy),
    conformance.length === 0
      ? h('p', { class: 'small' }, words.conforms)
      : h(
          'ul',
          { class: 'findings' },
          ...conformance.map(({ code, message, field }) =>
            h(
              'li',
              {},
              { zh: conformanceTable[code].zh, en: shown(message) },
              field !== undefined && [' ', h('bdi', { class: 'small' }, shown(field))],
              ' ',
              h('code', {}, code),
            ),
          ),
        ),
  )
}

function aboutCard({ name, report, facts: known, roots, at, command }: ReportOf): HTMLElement {
  return card(
    words.about,
    facts([
      [words.file, h('bdi', {}, shown(name))],
      [words.size, both(size(known.bytes))],
      known.sha256 === undefined
        ? undefined
        : [words.hash, h('span', { class: 'hash' }, known.sha256)],
      [words.at, both(zoned(at))],
      [
        words.by,
        roots.length === 0
          ? words.byNone
          : roots.map((root) =>
              h('div', {}, h('bdi', {}, shown(root.name)), h('p', { class: 'hash' }, root.sha256)),
            ),
      ],
    ]),
    h('h3', {}, words.command),
    h('p', {}, h('code', { class: 'hash' }, command)),
    h('p', { class: 'only-print small' }, words.printedBy, ` · ${report.at}`),
  )
}
