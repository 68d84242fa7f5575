/** `verify --heads`: files and folders in which heads of the journal are looked for; segments are read one at a time. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  companionNames,
  compareHeads,
  type GivenFile,
  type HeadsRequest,
} from '../../exchange/verify/index.ts'
import { ApplianceError } from '../errors.ts'
import { fileBytes } from './options.ts'

/** Compares the heads in these places, folders with all that is in them, and in the files to be verified. Throws `FILE_MISSING`. */
export async function headsIn(
  places: readonly string[],
  positionals: readonly string[],
  common: HeadsRequest,
): ReturnType<typeof compareHeads> {
  const paths = [...new Set([...places.flatMap(filesAt), ...positionals])]
  const isSegment = (path: string): boolean => path.endsWith('.seg')
  const beside = paths.flatMap(companionNames).filter((path) => existsSync(path))
  const files = [...new Set([...paths, ...beside])].filter((path) => !isSegment(path))
  // By the segments' own names: their order in the journal.
  const segments = paths.filter(isSegment).toSorted((a, b) => (basename(a) < basename(b) ? -1 : 1))
  return compareHeads(files.filter(isHeld).map(read), readEach(segments), common)
}

/** What may hold a head, or the certificate of who signed one. */
const isHeld = (path: string): boolean => /\.(?:json|p7s|ers|txt|pem|asice)$/.test(path)

function filesAt(path: string): string[] {
  if (!existsSync(path)) throw new ApplianceError('FILE_MISSING', `there is no file ${path}`)
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

function* readEach(paths: readonly string[]): Generator<GivenFile> {
  for (const path of paths) yield read(path)
}

const read = (path: string): GivenFile => ({ name: path, bytes: fileBytes(path) })
