/**
 * The thread that judges: reads files, asks the verifier exactly as the command line does, and answers with the report. It has no say in what is
 * trusted, and draws nothing.
 */
import { toHex, webDigest } from '../../../ca/path/index.ts'
import {
  judgeStatements,
  isZip,
  maxBundleBytes,
  maxVerifyBytes,
  readZip,
  requestsOf,
  verifyFile,
  type CommonRequest,
  type GivenFile,
  type Report,
} from '../../../exchange/verify/index.ts'
import type { JudgeAnswer, JudgedBy, JudgeQuestion, NamedFile } from './messages.ts'

/** Called in the thread. */
export function startJudgeThread(): void {
  let common: Promise<CommonRequest> | undefined
  addEventListener('message', ({ data }: MessageEvent<JudgeQuestion>) => {
    if (data.ask === 'set-up') common = setUp(data.by)
    const asked = data.ask === 'set-up' ? common?.then(() => ready) : judge(data.group, common)
    // What cannot be answered is told to the page as an error of the thread.
    asked?.then((answer) => {
      postMessage(answer)
    }, reportError)
  })
}

const ready: JudgeAnswer = { answer: 'ready' }

async function setUp(by: JudgedBy): Promise<CommonRequest> {
  const { trust, certificates, crls, at, now } = by
  const stated = await readAll(by.statements)
  const statedAt = new Date(Math.max(at.getTime(), now.getTime()))
  const statements = await judgeStatements(stated, { trust, at: statedAt, certificates, crls })
  const attachments = await readAll(by.attachments)
  return {
    trust,
    at,
    statements,
    companions: {
      certificates,
      crls,
      ...(attachments.length > 0 && {
        attachments: attachments.map(({ name, bytes }) => ({ fileName: lastPart(name), bytes })),
      }),
    },
  }
}

async function judge(
  group: readonly NamedFile[],
  asked: Promise<CommonRequest> | undefined,
): Promise<JudgeAnswer> {
  const common = await asked
  if (common === undefined) throw new Error('judged before it was set up')
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
  const wanted = of.report.bundle?.documentHash
  const reading = typeof wanted === 'string' ? readZip(of.bytes) : { problem: 'no bundle' }
  if (!('members' in reading)) return undefined
  for (const [name, member] of reading.members) {
    const isDocument = startsAsPdf(member) && (await hashOf(member)) === wanted
    if (isDocument) return new File([new Uint8Array(member)], lastPart(name))
  }
  return undefined
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
