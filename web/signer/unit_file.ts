/**
 * The unit file, `NAME.unit.json`: what a unit or officer carries on its own stick to sign without the box's help: which box, the
 * wrapped keys, their certificates, the root. Nothing in it is secret without the passphrase and the unit secret. Pure.
 * Format: `docs/formats/unit-file.md`.
 */
import * as z from 'zod'
import { toBase64 } from '../../ca/path/index.ts'
import { checkKeyFile, maxKeyFileBytes, type KeyFile } from '../../provisioning/kit/index.ts'

const maxCertificates = 40
const certificate = z.base64().min(1).max(16_384)

const schema = z.strictObject({
  type: z.literal('sealbox-unit'),
  v: z.literal(1),
  box: z.strictObject({
    id: z.string().min(1).max(64),
    url: z.string().max(300),
    journalCertificate: certificate,
  }),
  keyFile: z.unknown(),
  certificates: z.array(certificate).max(maxCertificates),
  /** Issuing authority, then root. */
  chain: z.array(certificate).min(1).max(8),
})

export interface UnitFile {
  readonly box: {
    readonly id: string
    readonly url: string
    /** Base64 DER. */
    readonly journalCertificate: string
  }
  readonly keyFile: KeyFile
  /** Base64 DER. */
  readonly certificates: readonly string[]
  readonly chain: readonly string[]
}

/** Its bytes: JSON that a person can read. */
export function writeUnitFile(file: {
  readonly box: UnitFile['box']
  readonly keyFile: KeyFile
  readonly certificates: readonly Uint8Array[]
  readonly chain: readonly Uint8Array[]
}): Uint8Array<ArrayBuffer> {
  const { box, keyFile } = file
  const whole = {
    type: 'sealbox-unit',
    v: 1,
    box,
    keyFile,
    certificates: file.certificates.map(toBase64),
    chain: file.chain.map(toBase64),
  }
  return new TextEncoder().encode(`${JSON.stringify(whole, null, 2)}\n`)
}

/** Reads one; undefined for anything else. */
export function readUnitFile(bytes: Uint8Array): UnitFile | undefined {
  if (bytes.length > maxKeyFileBytes + maxCertificates * 16_384) return undefined
  try {
    const { box, certificates, chain, keyFile } = schema.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    )
    return { box, certificates, chain, keyFile: checkKeyFile(keyFile) }
  } catch {
    return undefined
  }
}
