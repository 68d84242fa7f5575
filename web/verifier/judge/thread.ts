/**
 * The thread that judges: reads files, asks the verifier exactly as the command line does, and answers with the report. It has no say in what is
 * trusted, and draws nothing.
 */
import { toHex, webDigest } from '../../../ca/path/index.ts'
import {
  compareHeads,
  judgeStatements,
  isZip,
  maxBundleBytes,
  maxVerifyBytes,
  momentOfStatements,
  pdfInBundle,
  requestsOf,
  verifyFile,
  type CommonRequest,
  type GivenFile,
  type Report,
} from '../../../exchange/verify/index.ts'
import {
  isSegment,
  type JudgeAnswer,
  type JudgedBy,
  type JudgeQuestion,
  type NamedFile,
} from './messages.ts'

/** What all files are judged by, and the comparison of heads where a journal was given. */
interface SetUp {
  readonly common: CommonRequest
  readonly heads?: Report
}

/** Called in the thread. */
export function startJudgeThread(): void {
  let ready: Promise<SetUp> | undefined
  const answer = async (question: JudgeQuestion): Promise<JudgeAnswer> => {
    if (question.ask === 'set-up') ready = setUp(question.by)
    const by = await ready
    if (by === undefined) throw new Error('judged before it was set up')
    return question.ask === 'set-up' ? { answer: 'ready' } : judge(question.group, by)
  }
  addEventListener('message', ({ data }: MessageEvent<JudgeQuestion>) => {
    // What cannot be answered is told to the page as an error of the thread.
    answer(data).then((given) => {
      postMessage(given)
    }, reportError)
  })
}

async function setUp(by: JudgedBy): Promise<SetUp> {
  const { trust, certificates, crls, at, journal } = by
  const stated = await readAll(by.statements)
  const statedAt = momentOfStatements(stated, at)
  const statements = await judgeStatements(stated, { trust, at: statedAt, certificates, crls })
  const attachments = await readAll(by.attachments)
  const dispatches = await readAll(by.dispatches)
  const common: CommonRequest = {
    trust,
    at,
    statements,
    companions: {
      certificates,
      crls,
      ...(dispatches.length > 0 && { dispatches: dispatches.map(({ bytes }) => bytes) }),
      ...(attachments.length > 0 && {
        attachments: attachments.map(({ name, bytes }) => ({ fileName: lastPart(name), bytes })),
      }),
    },
  }
  if (journal === undefined) return { common }
  const heldIn = await readAll(journal.heldIn)
  const { report, known } = await compareHeads(heldIn, readEach(journal.segments), common)
  return { common: { ...common, heads: known }, heads: report }
}

/** Of threads alone; the compiler knows windows. */
declare const FileReaderSync: new () => { readonly readAsArrayBuffer: (file: Blob) => ArrayBuffer }

/** One at a time: a journal of years is larger than the memory of a thread. */
function* readEach(files: readonly NamedFile[]): Generator<GivenFile> {
  const reader = new FileReaderSync()
  for (const { name, file } of files) {
    yield { name, bytes: new Uint8Array(reader.readAsArrayBuffer(file)) }
  }
}

async function judge(group: readonly NamedFile[], { common, heads }: SetUp): Promise<JudgeAnswer> {
  const isJournal = group.some(({ name }) => isSegment(name))
  if (isJournal && heads !== undefined) {
    const bytes = group.reduce((sum, { file }) => sum + file.size, 0)
    return { answer: 'judged', report: heads, facts: { bytes } }
  }
  const files = await readAll(group).catch(() => undefined)
  if (files === undefined) return { answer: 'unreadable' }
  const [request] = requestsOf(files, common)
  if (request === undefined) return { answer: 'unreadable' }
  const { bytes } = request
  const report = await verifyFile(request)
  const given = group[0]?.file
  const isWhole = given !== undefined && bytes.length === given.size
  const sha256 = isWhole ? await hashOf(bytes) : undefined
  const pdf = isWhole ? await pdfOf({ report, bytes, file: given }) : undefined
  const facts = { bytes: given?.size ?? 0, ...(sha256 && { sha256 }), ...(pdf && { pdf }) }
  return { answer: 'judged', report, facts }
}

const hashOf = async (bytes: Uint8Array): Promise<string> =>
  toHex(await webDigest('SHA-256', bytes))

/** The file itself, or what a bundle says is its document. */
async function pdfOf(of: {
  readonly report: Report
  readonly bytes: Uint8Array
  readonly file: File
}): Promise<File | undefined> {
  if (startsAsPdf(of.bytes)) return of.file
  const inside = isZip(of.bytes) ? pdfInBundle(of.bytes) : undefined
  const isDocument =
    inside !== undefined && (await hashOf(inside.bytes)) === of.report.bundle?.documentHash
  return isDocument ? new File([new Uint8Array(inside.bytes)], lastPart(inside.name)) : undefined
}

async function readAll(files: readonly NamedFile[]): Promise<GivenFile[]> {
  const read: GivenFile[] = []
  for (const one of files) read.push({ name: one.name, bytes: await readOne(one.file) })
  return read
}

/** One that is too large is refused by its length, whatever it holds: of it nothing is read but how it begins. */
async function readOne(file: File): Promise<Uint8Array> {
  const start = new Uint8Array(await file.slice(0, 16).arrayBuffer())
  const maxBytes = isZip(start) ? maxBundleBytes : maxVerifyBytes
  if (file.size <= maxBytes) return new Uint8Array(await file.arrayBuffer())
  const tooLarge = new Uint8Array(maxBytes + 1)
  tooLarge.set(start)
  return tooLarge
}

const startsAsPdf = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-'

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
