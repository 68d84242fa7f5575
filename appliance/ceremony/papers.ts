/** The papers of a ceremony: a folder that is there whole or not at all, each file readable by its owner alone. */
import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sha256Hex, syncFolder, toPem } from '../../ca/index.ts'
import type { IssuedCode, Minutes } from '../../provisioning/index.ts'
import { minutesPage } from '../../web/index.ts'
import { refused } from './plan.ts'

export interface Paper {
  readonly name: string
  readonly contents: string | Uint8Array
}

/** The folder of one ceremony below the one that was named. */
export function papersFolder(out: string, ceremony: string): string {
  return join(out, `ceremony-${ceremony.slice(0, 8)}`)
}

/** Writes the papers; throws `CEREMONY_REFUSED` if there is a folder of that name. */
export async function writePapers(folder: string, papers: readonly Paper[]): Promise<void> {
  if (existsSync(folder)) throw refused(`${folder} is there already`)
  const aside = `${folder}.partial`
  await rm(aside, { recursive: true, force: true })
  await mkdir(aside, { recursive: true, mode: 0o700 })
  for (const { name, contents } of papers) {
    await using file = await open(join(aside, name), 'wx', 0o600)
    await file.writeFile(contents)
    await file.sync()
  }
  await syncFolder(aside)
  await rename(aside, folder)
  await syncFolder(dirname(folder))
}

/** The minutes in their three forms. */
export function minutesPapers(of: {
  readonly minutes: Minutes
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
}): Paper[] {
  const { minutes, bytes, signature } = of
  return [
    { name: 'minutes.json', contents: bytes },
    { name: 'minutes.json.sig', contents: signature },
    { name: 'minutes.html', contents: minutesPage({ minutes, sha256: sha256Hex(bytes) }) },
  ]
}

/** The sealed root key and the shares that open it. */
export function rootPapers(split: {
  readonly keyFile: string
  readonly shares: readonly string[]
}): Paper[] {
  const { keyFile, shares } = split
  return [
    { name: 'root.key', contents: keyFile },
    ...shares.map((contents, at) => ({
      name: `share-${String(at + 1)}-of-${String(shares.length)}.json`,
      contents,
    })),
  ]
}

/** One-time codes to be handed over; they are in no minutes. */
export function codesPaper(codes: readonly IssuedCode[]): Paper {
  const lines = codes.map(({ codeFor, code, expires }) =>
    codeFor.kind === 'person' ? `${codeFor.id}  ${code}  (${expires})` : '',
  )
  const head = '交给本人，用后销毁。Hand each to its officer, then destroy this file.'
  return { name: 'codes.txt', contents: `${[head, ...lines].join('\n')}\n` }
}

/** Certificates, and lists after them, in one PEM. */
export function pemPaper(
  name: string,
  of: { readonly certificates: readonly Uint8Array[]; readonly crls?: readonly Uint8Array[] },
): Paper {
  const { certificates, crls = [] } = of
  const blocks = [
    ...certificates.map((der) => toPem('CERTIFICATE', der)),
    ...crls.map((der) => toPem('X509 CRL', der)),
  ]
  return { name, contents: blocks.join('') }
}
