/**
 * The process's own record of what it signed (docs/formats/keys-process.md): a line each, durable before the signature leaves, each line
 * naming the hash of the one before. Held against the journal it shows what was signed and never entered. Shell.
 */
import { existsSync } from 'node:fs'
import { open, readFile, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import {
  CaError,
  canonicalJson,
  sha256Hex,
  syncFolder,
  type Signable,
} from '../../ca/issuing_key.ts'
import type { KeysStatus } from './protocol.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const common = {
  version: z.literal(1),
  number: z.int().min(1),
  /** By the clock of this process. */
  time: z.iso.datetime(),
  key: z.string(),
  /** SHA-256 of the signed bytes, TBSCertificate or TBSCertList. */
  tbs: hash,
  previous: hash,
} as const
const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('certificate'),
    profile: z.string(),
    serial: z.string(),
  }),
  z.strictObject({ ...common, kind: z.literal('crl'), crl: z.string() }),
])
export type RecordLine = z.infer<typeof lineSchema>

/** Of what is to be signed. */
export interface Signing {
  readonly key: string
  readonly what: Signable
  /** SHA-256 of the bytes. */
  readonly tbs: string
}

export interface SignatureRecord {
  readonly status: KeysStatus
  /** Writes it down; resolves when it is durable. Those of a moment share one write. */
  add(signing: Signing): Promise<void>
  close(): Promise<void>
}

interface Waiting {
  readonly signing: Signing
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const nothingBefore = '0'.repeat(64)

/**
 * Opens the record, made if missing. What a power cut left of a last line goes: its signature never left. Throws `CA_KEY_RECORD_DAMAGED`
 * where the lines do not follow each other: then nothing is signed until somebody has looked.
 */
export async function openSignatureRecord(path: string, now: () => Date): Promise<SignatureRecord> {
  const isNew = !existsSync(path)
  const { lines, bytes } = isNew ? { lines: [], bytes: 0 } : readRecord(await readFile(path))
  if (!isNew) await truncate(path, bytes)
  const file = await open(path, 'a', 0o600)
  if (isNew) await syncFolder(dirname(path))
  let counts = countsOf(lines)
  let failed: unknown
  let waiting: Waiting[] = []
  let isWriting = false

  const writeAll = async (): Promise<void> => {
    isWriting = true
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        await writeGroup(group.map(({ signing }) => signing))
        for (const { resolve } of group) resolve()
      } catch (error) {
        // What is on the disk is not known any more: nothing is signed until the process starts anew and reads it.
        failed = error
        for (const { reject } of group) reject(error)
      }
    }
    isWriting = false
  }

  const writeGroup = async (signings: readonly Signing[]): Promise<void> => {
    if (failed !== undefined) throw damaged('the record could not be written before')
    let next = counts
    const texts = signings.map((signing) => {
      const line = lineOf(signing, { counts: next, time: now() })
      const text = Buffer.from(canonicalJson(line)).toString()
      next = counted(next, line.kind, sha256Hex(Buffer.from(text)))
      return `${text}\n`
    })
    await file.appendFile(texts.join(''))
    await file.datasync()
    counts = next
  }

  return {
    get status() {
      return counts
    },
    add(signing) {
      return new Promise((resolve, reject) => {
        waiting.push({ signing, resolve, reject })
        if (!isWriting) void writeAll()
      })
    },
    close: () => file.close(),
  }
}

/** Lines of a record and the octets up to the end of the last whole one. Throws `CA_KEY_RECORD_DAMAGED`. Pure. */
export function readRecord(content: Uint8Array): {
  readonly lines: readonly { readonly line: RecordLine; readonly hash: string }[]
  readonly bytes: number
} {
  const text = Buffer.from(content)
  const end = text.lastIndexOf(0x0a) + 1
  const lines: { line: RecordLine; hash: string }[] = []
  for (const row of text.subarray(0, end).toString().split('\n').slice(0, -1)) {
    const line = lineSchema.safeParse(jsonOf(row))
    const previous = lines.at(-1)?.hash ?? nothingBefore
    if (!line.success || line.data.previous !== previous || line.data.number !== lines.length + 1) {
      throw damaged(`line ${String(lines.length + 1)} does not follow`)
    }
    lines.push({ line: line.data, hash: sha256Hex(Buffer.from(row)) })
  }
  return { lines, bytes: end }
}

function lineOf(
  { key, what, tbs }: Signing,
  { counts, time }: { readonly counts: KeysStatus; readonly time: Date },
): RecordLine {
  const { certificates, crls, last: previous } = counts
  const shared = { version: 1, number: certificates + crls + 1, key, tbs, previous } as const
  const at = { ...shared, time: time.toISOString() }
  return what.kind === 'crl'
    ? { ...at, kind: 'crl', crl: what.number }
    : { ...at, kind: 'certificate', profile: what.profile, serial: what.serial }
}

function countsOf(lines: ReturnType<typeof readRecord>['lines']): KeysStatus {
  const none = { certificates: 0, crls: 0, last: nothingBefore }
  return lines.reduce((counts, { line, hash: of }) => counted(counts, line.kind, of), none)
}

function counted(counts: KeysStatus, kind: RecordLine['kind'], last: string): KeysStatus {
  const { certificates, crls } = counts
  return kind === 'crl'
    ? { certificates, crls: crls + 1, last }
    : { certificates: certificates + 1, crls, last }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function damaged(message: string): CaError {
  return new CaError('CA_KEY_RECORD_DAMAGED', `the record of signatures is damaged: ${message}`)
}
