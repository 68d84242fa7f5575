/**
 * Boot entries of the image: unified kernel images in `EFI/Linux`, whose names carry how often they are still tried (systemd, Automatic
 * Boot Assessment; The Boot Loader Specification, boot counting). Pure.
 */
import { versionPattern } from './version.ts'

/** How often an entry is tried before it counts as bad: once for the version, twice for a power cut or an impatient hand. */
export const trialTries = 3

export interface Tries {
  readonly left: number
  readonly done: number
}

export interface BootEntry {
  /** File name in `EFI/Linux`. */
  readonly name: string
  readonly version: string
  /** undefined: it is committed, and not counted any more. */
  readonly tries: Tries | undefined
}

/** `sealbox_1.4.0.efi`, or with tries `sealbox_1.4.0+3.efi`, which the loader turns into `+2-1` before it starts it. */
export function entryName(version: string, tries?: Tries): string {
  if (tries === undefined) return `sealbox_${version}.efi`
  const done = tries.done === 0 ? '' : `-${String(tries.done)}`
  return `sealbox_${version}+${String(tries.left)}${done}.efi`
}

/** The name under which an entry is written before it counts: the loader looks at `.efi` only. */
export const asideName = (version: string): string => `sealbox_${version}.new`

/** undefined where the name is none of ours. FAT may give names in capitals back. */
export function readEntryName(name: string): BootEntry | undefined {
  const found = /^sealbox_([\d.]{5,17})(?:\+(\d{1,3})(?:-(\d{1,3}))?)?\.efi$/i.exec(name)
  const [, version = '', left, done = '0'] = found ?? []
  if (found === null || !versionPattern.test(version)) return undefined
  const tries = left === undefined ? undefined : { left: Number(left), done: Number(done) }
  return { name, version, tries }
}

/** Whether a file of the folder is ours and not of this version: an entry, or what a power cut left of one. */
export function isOfAnother(name: string, version: string): boolean {
  const entry = readEntryName(name)
  return entry === undefined ? /^sealbox_.*\.new$/i.test(name) : entry.version !== version
}

/**
 * The entry of a version among names of the folder. Where the power went while FAT renamed it both names are one file: it is committed,
 * and freeing one would take the other.
 */
export function entryAmong(names: readonly string[], version: string): BootEntry | undefined {
  const own = names.flatMap((name) => readEntryName(name) ?? [])
  const named = own.filter((entry) => entry.version === version)
  return named.find(({ tries }) => tries === undefined) ?? named[0]
}
