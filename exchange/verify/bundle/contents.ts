/**
 * `bundle.json`: what the box states of a bundle as a whole (`docs/formats/bundle.md`), under the signature over the manifest: which document,
 * what is in it, and which journal entries there are about the document up to the checkpoint. Pure.
 */
import * as z from 'zod'
import { canonicalJson, equal, type Sha256 } from '../../../ca/path/index.ts'
import { readZip } from './zip.ts'

export const contentsName = 'bundle.json'

/** `whole`: everything of the document; `own`: what a recipient holds; `record`: what shows who signed for it, without content. */
export type BundleScope = 'whole' | 'own' | 'record'

const uscc = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/)
const index = z.int().min(0)
const path = z.string().min(1).max(512)

const schema = z.strictObject({
  type: z.literal('sealbox.bundle'),
  v: z.literal(1),
  box: z.string().min(1).max(64),
  document: z.string().regex(/^[a-z2-7]{26}$/),
  scope: z.enum(['whole', 'own', 'record']),
  /** Path of the sealed PDF; null where it is not in the bundle. */
  pdf: path.nullable(),
  documentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform((text) => text as Sha256)
    .nullable(),
  /** Paths of the attachments, with the names that the PDF has for them. */
  attachments: z.array(z.strictObject({ path, fileName: z.string().max(1000) })).max(100),
  /** Size of the tree under the checkpoint. */
  size: index,
  /** Indices of the entries in the bundle; in scope `whole` and `record` of all that there are about the document below `size`. */
  entries: z.array(index).max(5000),
  /** What the units that it names are called. */
  units: z.record(uscc, z.string().max(200)),
})

export type BundleContents = z.infer<typeof schema>

/** The bytes of `bundle.json`. */
export function writeContents(contents: BundleContents): Uint8Array {
  return canonicalJson(contents)
}

/** undefined unless the bytes are the one canonical encoding, with entries in rising order. */
export function readContents(bytes: Uint8Array): BundleContents | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const contents = schema.parse(JSON.parse(text))
    const isRising = contents.entries.every(
      (entry, at) => entry < contents.size && entry > (contents.entries[at - 1] ?? -1),
    )
    return isRising && equal(canonicalJson(contents), bytes) ? contents : undefined
  } catch {
    return undefined // no UTF-8, no JSON, another shape
  }
}

/** The PDF in the bytes of a bundle, to be shown; what is said of it, its report says. undefined where there is none that can be read. */
export function pdfInBundle(
  bytes: Uint8Array,
): { readonly name: string; readonly bytes: Uint8Array } | undefined {
  const reading = readZip(bytes)
  if ('problem' in reading) return undefined
  const name = readContents(reading.members.get(contentsName) ?? new Uint8Array())?.pdf
  const pdf = typeof name === 'string' ? reading.members.get(name) : undefined
  return typeof name === 'string' && pdf ? { name, bytes: pdf } : undefined
}
