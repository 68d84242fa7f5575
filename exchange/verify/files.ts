/**
 * Which of several files are to be verified, and which stand beside another one: the command line and the page ask the same way, so that
 * they give the same reports. Pure.
 */
import { readCompromiseFile } from './evidence/compromise_file.ts'
import type { GivenStatement } from './statement/statements.ts'
import type { Companions, VerifyRequest } from './types.ts'

/** A file as it was given; a name may have folders before a `/`. */
export interface GivenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What all requests have in common; `companions` are beside every file, such as `attachments`. */
export type CommonRequest = Omit<VerifyRequest, 'name' | 'bytes'>

/** The file to be verified first, then what stands beside it. */
export type FileGroup = readonly [string, ...string[]]

const signatureEnding = '.p7s'
const recordEnding = '.ers'

/**
 * Names of the files that, where they exist, belong beside the named one: `X.json.p7s` is the signature of `X.json`, `X.ers` an evidence
 * record of `X`. Whoever reads a file reads these, too.
 */
export function companionNames(name: string): string[] {
  if (isCompanion(name)) return []
  return [...(isStatementName(name) ? [name + signatureEnding] : []), name + recordEnding]
}

/** The names in groups, in the order given, so that a caller need not hold all files at once. A companion without its file stands alone. */
export function groupsOf(names: readonly string[]): FileGroup[] {
  const known = new Set(names)
  const companions = new Set([...known].flatMap(companionNames))
  return [...known]
    .filter((name) => !companions.has(name))
    .map((name) => [name, ...companionNames(name).filter((beside) => known.has(beside))])
}

/** A request for each file that stands beside no other one, in the order given; the report is to name it without its folders. */
export function requestsOf(files: readonly GivenFile[], common: CommonRequest): VerifyRequest[] {
  const byName = new Map(files.map((file) => [file.name, file.bytes]))
  const dispatches = dispatchesAmong(files)
  return groupsOf([...byName.keys()]).map(([name]) => ({
    ...common,
    name: name.slice(name.lastIndexOf('/') + 1),
    bytes: byName.get(name) ?? new Uint8Array(),
    companions: {
      ...(dispatches.length > 0 && { dispatches }),
      ...common.companions,
      ...besideFile(name, byName),
    },
  }))
}

/** The dispatch statements among some files: with these receipts are compared. */
export function dispatchesAmong(files: readonly GivenFile[]): Uint8Array[] {
  return files.filter(({ name }) => isDispatchName(name)).map(({ bytes }) => bytes)
}

/** How a dispatch statement is called wherever the box or a unit writes one. */
export const isDispatchName = (name: string): boolean => name.endsWith('.dispatch.json')

/** The statements of compromise among some files: what `judgeStatements` takes before any of the files is judged. */
export function compromisesAmong(files: readonly GivenFile[]): GivenStatement[] {
  return files.filter(({ name, bytes }) => isJson(name) && readCompromiseFile(bytes) !== undefined)
}

function besideFile(name: string, byName: ReadonlyMap<string, Uint8Array>): Companions {
  const signature = isStatementName(name) ? byName.get(name + signatureEnding) : undefined
  const record = byName.get(name + recordEnding)
  return { ...(signature && { signature }), ...(record && { evidenceRecords: [record] }) }
}

const isCompanion = (name: string): boolean =>
  name.endsWith(signatureEnding) || name.endsWith(recordEnding)
const isJson = (name: string): boolean => name.endsWith('.json')
/** A statement of compromise has its signatures inside. */
const isStatementName = (name: string): boolean =>
  isJson(name) && !name.endsWith('.compromise.json')
