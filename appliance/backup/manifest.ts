/**
 * The manifest of a backup (docs/formats/backup.md): what it is of, where it begins and ends, and the hash of all in it that the journal
 * does not vouch for. Signed by the journal's key as a C2SP signed note whose first line no checkpoint has, so that neither can be taken
 * for the other. Pure but for WebCrypto.
 */
import * as z from 'zod'
import {
  canonicalJson,
  concat,
  ed25519PublicKey,
  equal,
  fromBase64,
  noteKeyId,
  oids,
  sha256Hex,
  toBase64,
  utf8,
  verifyCheckpoint,
  type Signer,
} from '../../ca/index.ts'
import { readCertificate, validatePath } from '../../ca/path/index.ts'
import { ApplianceError } from '../errors.ts'
import { isListedName, readPieceName } from './names.ts'

export const backupFormat = 'sealbox-backup/1'
/** A box with a hundred keys and pictures, and the segments of a century. */
export const maxManifestBytes = 4 * 1024 * 1024

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)
const root = z.base64().length(44)
const position = z.strictObject({ volume: count, number: count })

/** The journal's head as statements carry it. */
const head = z.strictObject({ size: count, root })
export type BackupHead = z.infer<typeof head>

const manifestSchema = z.strictObject({
  box: z.string().min(1).max(64),
  mode: z.enum(['trial', 'production']),
  districtName: z.string().max(64),
  /** Of the software that made it. */
  version: z.string().max(64),
  madeAt: z.iso.datetime({ precision: 3 }),
  /** What an increment follows; null of a full backup. */
  since: z.strictObject({ backup: sha256, head }).nullable(),
  head,
  /** The head, signed as for everybody. */
  checkpoint: z.string().max(128 * 1024),
  /** Of the journal's key, then up to the root; DER, base64. */
  certificates: z.array(z.base64().max(20_000)).min(2).max(8),
  /** Parts of segments, in order. */
  journal: z
    .array(z.strictObject({ name: z.string().refine((name) => readPieceName(name)), bytes: count }))
    .max(100_000),
  files: z
    .array(z.strictObject({ name: z.string().refine(isListedName), bytes: count, sha256 }))
    .max(10_000),
  /** Which blobs follow, by their order of arrival at the box. */
  blobs: z.strictObject({ from: position, to: position }),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The signed note. */
export async function signManifest(manifest: Manifest, signer: Signer): Promise<Uint8Array> {
  const body = concat(utf8(`${backupFormat}\n`), canonicalJson(manifest), utf8('\n'))
  const signature = await signer.sign(body)
  const keyId = noteKeyId(manifest.box, ed25519PublicKey(signer.certificate))
  return concat(body, utf8(`\n— ${manifest.box} ${toBase64(concat(keyId, signature))}\n`))
}

/** A manifest that its box signed, and under which root. */
export interface ReadManifest {
  readonly manifest: Manifest
  /** SHA-256 of the root certificate: what people compare. */
  readonly root: string
}

/**
 * Reads and judges one. Throws `BACKUP_MALFORMED`, or `BACKUP_FORGED` where it is not signed by a journal's key whose certificate leads
 * to the root it names, or where its head is not.
 */
export async function readManifest(bytes: Uint8Array): Promise<ReadManifest> {
  const { manifest, body, signature } = split(bytes)
  const certificates = manifest.certificates.map((text) => fromBase64(text))
  const [journal = new Uint8Array()] = certificates
  const rootCertificate = certificates.at(-1) ?? new Uint8Array()
  const publicKey = publicKeyOf(journal)
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  const isSigned =
    equal(signature.subarray(0, 4), noteKeyId(manifest.box, publicKey)) &&
    (await crypto.subtle.verify('Ed25519', key, signature.slice(4), new Uint8Array(body)))
  if (!isSigned) throw forged('its manifest is not signed by the journal’s key')
  const signed = await verifyCheckpoint(manifest.checkpoint, { origin: manifest.box, publicKey })
  const isHead =
    signed?.size === manifest.head.size && toBase64(signed.rootHash) === manifest.head.root
  if (!isHead) throw forged('its head is not signed')
  const path = await validatePath({
    ...{ target: journal, intermediates: certificates, anchors: [rootCertificate], crls: [] },
    ...{ at: new Date(manifest.madeAt), revocation: 'none' },
  })
  const isJournalKey = readCertificate(journal).extendedKeyUsage?.includes(oids.journalSigning)
  if (!path.valid || isJournalKey !== true) {
    throw forged('its certificate is none of a journal below its root')
  }
  return { manifest, root: sha256Hex(rootCertificate) }
}

function split(bytes: Uint8Array): {
  readonly manifest: Manifest
  readonly body: Uint8Array
  readonly signature: Uint8Array
} {
  const text = textOf(bytes)
  const found = /^sealbox-backup\/1\n([^\n]+)\n\n— (\S+) ([A-Za-z0-9+/=]+)\n$/.exec(text)
  if (found === null)
    throw malformed(text.startsWith('sealbox-backup/') ? 'a version of its own' : 'no manifest')
  const [, json = '', name = '', encoded = ''] = found
  const manifest = manifestSchema.safeParse(parse(json)).data
  if (manifest?.box !== name) throw malformed('the manifest')
  const body = utf8(`${backupFormat}\n${json}\n`)
  if (!equal(canonicalJson(manifest), utf8(json))) throw malformed('not canonical')
  return { manifest, body, signature: decoded(encoded) }
}

function decoded(text: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch {
    throw malformed('the signature of the manifest')
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed('the manifest is no text')
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function publicKeyOf(certificate: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(ed25519PublicKey(certificate))
  } catch {
    throw forged('its certificate is none of a journal')
  }
}

function malformed(reason: string): ApplianceError {
  return new ApplianceError('BACKUP_MALFORMED', `this backup is not well formed: ${reason}`)
}

function forged(reason: string): ApplianceError {
  return new ApplianceError('BACKUP_FORGED', `this backup is not of a box: ${reason}`)
}
