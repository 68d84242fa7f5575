/** Judges the files in a bundle one by one, as if they had been unpacked: the PDF, statements, statements of compromise. */
import { canonicalJson, sha256Hex, type Sha256 } from '../../../ca/path/index.ts'
import type { Statement } from '../../statement/types.ts'
import { requestsOf, groupsOf } from '../files.ts'
import {
  judgeStatements,
  momentOfStatements,
  type JudgedStatements,
} from '../statement/statements.ts'
import { readStatement } from '../statement/read.ts'
import type { Companions, Finding, Report, VerifyRequest } from '../types.ts'
import type { BundleContents } from './contents.ts'

/** A statement in a bundle with what is said of it. */
export interface JudgedStatement {
  readonly file: string
  /** SHA-256 of its bytes, and of its signature. */
  readonly hash: Sha256
  readonly signature: Sha256 | undefined
  readonly statement: Statement
  readonly report: Report
}

export interface JudgedMembers {
  /** The PDF first, the others in the order of the container. */
  readonly reports: readonly Report[]
  readonly pdf: Report | undefined
  readonly statements: readonly JudgedStatement[]
  /** Of the statements of compromise: whether each was honoured. */
  readonly findings: readonly Finding[]
}

const statementFolders = ['statements/', 'receipts/']
const compromiseFolder = 'compromise/'
const draftName = 'draft.json'

/** Judges all; resolves for any bytes. */
export async function judgeMembers(
  members: ReadonlyMap<string, Uint8Array>,
  contents: BundleContents,
  by: {
    readonly request: VerifyRequest
    readonly verify: (request: VerifyRequest) => Promise<Report>
  },
): Promise<JudgedMembers> {
  const stated = await honour(members, by.request)
  const statements = merged(by.request.statements, stated)
  // Links between roots, and lists, that came with the roots hold for every file.
  const { certificates, crls, ocspResponses } = by.request.companions ?? {}
  const given: Companions = {
    ...(certificates && { certificates }),
    ...(crls && { crls }),
    ...(ocspResponses && { ocspResponses }),
  }
  const judge = (name: string): Promise<Report> => {
    const companions = { ...given, ...companionsOf(name, members, contents) }
    return by.verify({ ...by.request, ...requestFor(name, members, companions), name, statements })
  }
  const pdf =
    contents.pdf !== null && members.has(contents.pdf) ? await judge(contents.pdf) : undefined
  const judged: JudgedStatement[] = []
  const others: Report[] = []
  for (const [name] of groupsOf([...members.keys()])) {
    if (name === contents.pdf || !isJudged(name)) continue
    const report = await judge(name)
    others.push(report)
    const bytes = members.get(name) ?? new Uint8Array()
    const statement = readStatement(bytes)
    const signature = members.get(`${name}.p7s`)
    if (statement) {
      const signatureHash = signature && sha256Hex(signature)
      judged.push({
        file: name,
        hash: sha256Hex(bytes),
        signature: signatureHash,
        statement,
        report,
      })
    }
  }
  const reports = [...(pdf ? [pdf] : []), ...others]
  return { reports, pdf, statements: judged, findings: stated?.findings ?? [] }
}

const isJudged = (name: string): boolean =>
  [...statementFolders, compromiseFolder].some((folder) => name.startsWith(folder))

function requestFor(
  name: string,
  members: ReadonlyMap<string, Uint8Array>,
  companions: Companions,
): Pick<VerifyRequest, 'bytes' | 'companions'> {
  const names = [name, `${name}.p7s`, `${name}.ers`]
  const files = names.flatMap((each) => {
    const bytes = members.get(each)
    return bytes === undefined ? [] : [{ name: each, bytes }]
  })
  const [request] = requestsOf(files, { trust: [], at: new Date(0), companions })
  return { bytes: request?.bytes ?? new Uint8Array(), companions: request?.companions ?? {} }
}

/** What stands beside the PDF; statements have their signatures alone. */
function companionsOf(
  name: string,
  members: ReadonlyMap<string, Uint8Array>,
  { pdf, attachments }: BundleContents,
): Companions {
  if (name !== pdf) return {}
  const draft = draftHashOf(members.get(draftName))
  return {
    attachments: attachments.flatMap(({ path, fileName }) => {
      const bytes = members.get(path)
      return bytes === undefined ? [] : [{ fileName, bytes }]
    }),
    ...(draft !== undefined && { draft: { hash: draft } }),
  }
}

/** The hash that an approval names, of a draft with or without number and date; undefined where there is none. */
function draftHashOf(bytes: Uint8Array | undefined): Sha256 | undefined {
  if (bytes === undefined) return undefined
  try {
    const draft = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>
    const approved = Object.entries(draft).filter(([key]) => key !== 'number' && key !== 'date')
    return sha256Hex(canonicalJson(Object.fromEntries(approved)))
  } catch {
    return sha256Hex(bytes) // no draft: not the one that the PDF names
  }
}

/** Honours what two officers stated, as of when it was stated at the latest, so that the verdict does not depend on today. */
async function honour(
  members: ReadonlyMap<string, Uint8Array>,
  { trust, at, ports, companions = {} }: VerifyRequest,
): Promise<JudgedStatements | undefined> {
  const given = [...members]
    .filter(([name]) => name.startsWith(compromiseFolder))
    .map(([name, bytes]) => ({ name, bytes }))
  if (given.length === 0) return undefined
  const moment = momentOfStatements(given, at)
  const { certificates, crls } = companions
  return judgeStatements(given, {
    ...{ trust, at: moment },
    ...(certificates && { certificates }),
    ...(crls && { crls }),
    ...(ports && { ports }),
  })
}

/** The findings of those inside stand with the bundle, not with each file. */
function merged(
  outside: JudgedStatements | undefined,
  inside: JudgedStatements | undefined,
): JudgedStatements {
  const compromises = [...(outside?.compromises ?? []), ...(inside?.compromises ?? [])]
  return { compromises, findings: [] }
}
