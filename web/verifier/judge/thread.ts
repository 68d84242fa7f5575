/**
 * The thread that judges: reads files, asks the verifier exactly as the command line does, and answers with the report. It has no say in what is
 * trusted, and draws nothing.
 */
import { toHex, webDigest } from '../../../ca/path/index.ts'
import {
  judgeStatements,
  maxVerifyBytes,
  requestsOf,
  verifyFile,
  type CommonRequest,
  type GivenFile,
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
  const isWhole = bytes.length <= maxVerifyBytes
  const sha256 = isWhole ? toHex(await webDigest('SHA-256', bytes)) : undefined
  const facts = {
    bytes: group[0]?.file.size ?? 0,
    isPdf: isWhole && startsAsPdf(bytes),
    ...(sha256 !== undefined && { sha256 }),
  }
  return { answer: 'judged', report: await verifyFile(request), facts }
}

async function readAll(files: readonly NamedFile[]): Promise<GivenFile[]> {
  const read: GivenFile[] = []
  for (const one of files) read.push({ name: one.name, bytes: await readOne(one.file) })
  return read
}

/** One that is too large is refused by its length, whatever it holds: nothing of it is read. */
async function readOne(file: File): Promise<Uint8Array> {
  if (file.size > maxVerifyBytes) return new Uint8Array(maxVerifyBytes + 1)
  return new Uint8Array(await file.arrayBuffer())
}

const startsAsPdf = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-'

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
