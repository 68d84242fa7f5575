/**
 * Compares the files of a bundle with each other and with the journal: the PDF is the one that was sealed and dispatched, every answer is to this
 * dispatch, every act that the journal proves is at hand, and every statement at hand stands in the journal. Pure.
 */
import { fromBase64, sha256Hex, type Entry } from '../../../ca/path/index.ts'
import { finding } from '../findings.ts'
import {
  answerObjections,
  completenessOf,
  isAnswer,
  type Completeness,
  type GivenDispatch,
} from '../statement/receipts.ts'
import type { Finding, SignatureReport } from '../types.ts'
import { attestationOf, type Witness } from '../statement/witness.ts'
import type { BundleContents } from './contents.ts'
import { continues, type JournalPart } from './journal.ts'
import type { JudgedMembers, JudgedStatement } from './judge_members.ts'

export interface Crossed {
  readonly findings: readonly Finding[]
  readonly completeness: Completeness | undefined
  /** Whether the dispatch and all answers to it hold, so that the count rests on nothing that does not. */
  readonly isCounted: boolean
  /** Statements whose heads are proven to be of this journal. */
  readonly witnesses: readonly Witness[]
  /** Of the PDF and all statements, with their times. */
  readonly signatures: readonly SignatureReport[]
}

interface Known {
  readonly members: ReadonlyMap<string, Uint8Array>
  readonly contents: BundleContents
  readonly judged: JudgedMembers
  readonly journal: JournalPart
}

/** What an entry about a document says of the statement or file that it stands on. */
interface Fact {
  readonly index: number
  readonly type: string
  /** Unit of a binding act or seal. */
  readonly unit: string | undefined
  readonly statement: string | undefined
  readonly signature: string | undefined
  /** The PDF after a seal. */
  readonly file: string | undefined
}

/** Compares everything with everything. */
export function crossCheck(known: Known): Crossed {
  const { contents, judged, journal } = known
  const facts = journal.entries.map(factOf)
  const dispatch = dispatchOf(judged, contents, facts)
  const objections = answersAgainst(judged, contents, dispatch)
  const { witnesses, findings: headFindings } = witnessesOf(judged, journal, facts)
  return {
    findings: [
      ...pdfFindings(known, facts, dispatch),
      ...(journal.head ? recordFindings(known, facts) : []),
      ...objections.flatMap(({ findings }) => findings),
      ...headFindings,
      ...outstanding(contents, dispatch, { objections, facts }),
    ],
    completeness: completeness(contents, dispatch, { objections, facts }),
    isCounted: dispatch?.passes === true && objections.every(({ holds }) => holds),
    witnesses,
    signatures: timedSignatures(judged, { facts, witnesses }),
  }
}

function factOf({ index, type, data }: Entry): Fact {
  const { approval, dispatch, answer, seal, file } = data as Readonly<
    Record<string, Readonly<Record<string, unknown>> | string | undefined>
  >
  const binding = [approval, dispatch, answer].find((one) => typeof one === 'object')
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined
  const of = (key: string): string | undefined =>
    text(typeof binding === 'object' ? binding[key] : undefined)
  return {
    ...{ index, type },
    unit: of('unit') ?? text(typeof seal === 'object' ? seal['unit'] : undefined),
    statement: of('statement'),
    signature: of('signature'),
    file: text(file),
  }
}

/** The dispatch statement at hand, and whether it passes by itself. */
interface JudgedDispatch extends GivenDispatch {
  readonly passes: boolean
}

/** A document is dispatched once: by the statement that the journal has, however many there are beside it. */
function dispatchOf(
  judged: JudgedMembers,
  { document }: BundleContents,
  facts: readonly Fact[],
): JudgedDispatch | undefined {
  const given = judged.statements.flatMap(({ hash, statement, report }): JudgedDispatch[] => {
    const isOfDocument = statement.type === 'sealbox.dispatch' && statement.document === document
    return isOfDocument ? [{ hash, statement, passes: report.verdict === 'TOTAL-PASSED' }] : []
  })
  const recorded = facts.find(({ type }) => type === 'document.dispatched')?.statement
  return (
    given.find(({ hash }) => hash === recorded) ?? given.find(({ passes }) => passes) ?? given[0]
  )
}

/** The PDF at hand is the one that is named, last sealed, and dispatched. */
function pdfFindings(
  { members, contents, journal }: Known,
  facts: readonly Fact[],
  dispatch: GivenDispatch | undefined,
): Finding[] {
  const { pdf, documentHash, scope } = contents
  const bytes = pdf === null ? undefined : members.get(pdf)
  const isNamed = pdf === null || (bytes !== undefined && sha256Hex(bytes) === documentHash)
  const sealed = facts.findLast(({ type }) => type === 'document.sealed')?.file
  const isSealed = sealed === undefined || journal.head === undefined || sealed === documentHash
  const isDispatched = dispatch === undefined || dispatch.statement.documentHash === documentHash
  return [
    // Only who may not see the content has a bundle of a sealed document without it.
    ...(pdf === null && documentHash !== null && scope !== 'record'
      ? [finding('BUNDLE_CONTENTS_MALFORMED', 'it has no PDF')]
      : []),
    ...(isNamed ? [] : [finding('BUNDLE_CONTENTS_MALFORMED', 'the PDF is another one')]),
    ...(isSealed ? [] : [finding('BUNDLE_CONTENTS_MALFORMED', 'not the PDF that was sealed last')]),
    ...(isDispatched ? [] : [finding('RECEIPT_OTHER_DOCUMENT', 'sealbox.dispatch')]),
  ]
}

/** Every act with a statement is at hand where the scope has it, and every statement at hand is of the journal. */
function recordFindings({ contents, judged }: Known, facts: readonly Fact[]): Finding[] {
  const given = new Map<string, JudgedStatement>(judged.statements.map((one) => [one.hash, one]))
  const missing = facts.filter(
    ({ type, statement, signature }) =>
      statement !== undefined &&
      isIn(contents, type) &&
      given.get(statement)?.signature !== signature,
  )
  const recorded = new Set(facts.map(({ statement }) => statement))
  const foreign = judged.statements.filter(({ hash }) => !recorded.has(hash))
  return [
    ...missing.map(({ type, unit, index }) =>
      finding('ANSWER_MISSING', `${type}, ${nameOf(contents, unit ?? '')}, entry ${String(index)}`),
    ),
    ...foreign.map(({ file }) => finding('STATEMENT_NOT_RECORDED', file)),
  ]
}

/** A record for an auditor has neither leaders' opinions nor reasons of returns: they speak of the content. */
function isIn({ scope }: BundleContents, type: string): boolean {
  return scope !== 'record' || type === 'document.dispatched' || type === 'document.receipted'
}

interface AnswerVerdict {
  readonly unit: string
  readonly isReceipt: boolean
  readonly holds: boolean
  readonly findings: readonly Finding[]
}

function answersAgainst(
  judged: JudgedMembers,
  { document }: BundleContents,
  dispatch: GivenDispatch | undefined,
): AnswerVerdict[] {
  const seen = new Set<string>()
  return judged.statements.flatMap(({ file, statement, report }): AnswerVerdict[] => {
    if (!isAnswer(statement)) return []
    const codes = dispatch
      ? answerObjections(statement, dispatch)
      : statement.document === document
        ? []
        : (['RECEIPT_OTHER_DOCUMENT'] as const)
    const isSecond = seen.has(statement.unit)
    seen.add(statement.unit)
    const findings = [...codes, ...(isSecond ? (['RECEIPT_TWICE'] as const) : [])].map((code) =>
      finding(code, file),
    )
    const holds = findings.length === 0 && report.verdict === 'TOTAL-PASSED'
    const isReceipt = statement.type === 'sealbox.receipt'
    return [{ unit: statement.unit, isReceipt, holds, findings }]
  })
}

interface Answered {
  readonly objections: readonly AnswerVerdict[]
  readonly facts: readonly Fact[]
}

function completeness(
  { scope }: BundleContents,
  dispatch: GivenDispatch | undefined,
  { objections, facts }: Answered,
): Completeness | undefined {
  if (scope === 'own' || dispatch === undefined) return undefined
  const holding = objections.filter(({ holds }) => holds)
  const unitsOf = (isReceipt: boolean): string[] =>
    holding.filter((one) => one.isReceipt === isReceipt).map(({ unit }) => unit)
  // A record has no statements of returns; that there was one the journal proves.
  const proven = facts.filter(({ type }) => scope === 'record' && type === 'document.returned')
  const returned = [...unitsOf(false), ...proven.flatMap(({ unit }) => unit ?? [])]
  return completenessOf(dispatch, {
    signedFor: new Set(unitsOf(true)),
    returned: new Set(returned),
  })
}

function outstanding(
  contents: BundleContents,
  dispatch: GivenDispatch | undefined,
  answered: Answered,
): Finding[] {
  const count = completeness(contents, dispatch, answered)
  if (count === undefined || count.signedFor === count.recipients) return []
  return [
    finding('RECEIPTS_OUTSTANDING', `${String(count.signedFor)} / ${String(count.recipients)}`),
  ]
}

/** Statements that hold and saw a head of this journal; of the others, why not. */
function witnessesOf(
  judged: JudgedMembers,
  journal: JournalPart,
  facts: readonly Fact[],
): { readonly witnesses: readonly Witness[]; readonly findings: readonly Finding[] } {
  const witnesses: Witness[] = []
  const findings: Finding[] = []
  for (const { file, hash, statement, report } of judged.statements) {
    const { head, signer, at } = statement
    if (head === null || journal.head === undefined) continue
    if (report.verdict !== 'TOTAL-PASSED') {
      findings.push(finding('HEAD_NOT_TRUSTED', file))
      continue
    }
    const isContinued = continues(journal, { size: head.size, root: fromBase64(head.root) })
    if (isContinued === true) {
      const index = facts.find((fact) => fact.statement === hash)?.index
      const unit = 'unit' in statement ? statement.unit : undefined
      witnesses.push({ signer, unit, at, head, index })
    } else {
      const code = isContinued === false ? 'HEAD_FORKED' : 'HEAD_NOT_COMPARED'
      findings.push(finding(code, `${file}, ${String(head.size)}`))
    }
  }
  return { witnesses, findings }
}

/** Seals are in the order of their entries; a statement is found by its hash. */
function timedSignatures(
  judged: JudgedMembers,
  { facts, witnesses }: { readonly facts: readonly Fact[]; readonly witnesses: readonly Witness[] },
): SignatureReport[] {
  const sealed = facts.filter(({ type }) => type === 'document.sealed')
  const seals = (judged.pdf?.signatures ?? []).map((signature): SignatureReport => {
    const [, number = ''] = /^seal-(\d+)$/.exec(signature.field) ?? []
    const fact = sealed[Number(number) - 1]
    const time = fact && attestationOf({ ...fact, signer: '' }, witnesses)
    return { file: judged.pdf?.file ?? '', ...signature, ...(time && { time }) }
  })
  const statements = judged.statements.flatMap(({ file, hash, statement, report }) => {
    const fact = facts.find((one) => one.statement === hash)
    const { signer, head } = statement
    const unit = 'unit' in statement ? statement.unit : undefined
    const time = fact && attestationOf({ index: fact.index, signer, unit, head }, witnesses)
    return report.signatures.map((signature) => ({ file, ...signature, ...(time && { time }) }))
  })
  const known = new Set(judged.statements.map(({ file }) => file))
  const others = judged.reports
    .filter((report) => report !== judged.pdf && !known.has(report.file))
    .flatMap(({ file, signatures }) => signatures.map((signature) => ({ file, ...signature })))
  return [...seals, ...statements, ...others]
}

const nameOf = ({ units }: BundleContents, unit: string): string =>
  Object.hasOwn(units, unit) ? `${units[unit] ?? ''} ${unit}` : unit
