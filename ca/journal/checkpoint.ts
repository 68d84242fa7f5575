/**
 * The signed head of the journal: a C2SP tlog-checkpoint in a C2SP signed-note, Ed25519 (signature type 0x01). Pure and isomorphic;
 * signing stands behind a `Signer`, verifying uses WebCrypto. Keeps no history: whether two heads agree is a consistency proof.
 */
import { concat, equal, fromBase64, sha256, toBase64, utf8 } from '../bytes.ts'
import { children, expectTag, readBitString, readDer, readObjectIdentifier } from '../der/read.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import type { Signer } from '../signer.ts'
import type { TreeHead } from './types.ts'

/** Bytes of a note: 16 signatures, the post-quantum ones of 5 kB too (signed-note, "Format"). */
export const maxCheckpointBytes = 128 * 1024
/** Signatures of a note; verifiers must accept at least 16. */
export const maxCheckpointSignatures = 32

const ed25519Type = 0x01

/** A signature line: key name, 4-byte key ID, and the signature itself. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

/** A checkpoint as it was read; nothing is proven by that. */
export interface Checkpoint extends TreeHead {
  readonly origin: string
  /** What the signatures cover, the last line feed included. */
  readonly body: string
  readonly signatures: readonly NoteSignature[]
}

/** The note text: origin, size and base64 root, a line each. */
export function checkpointBody(origin: string, head: TreeHead): string {
  return `${origin}\n${String(head.size)}\n${toBase64(head.rootHash)}\n`
}

/** Signs a head; the key's name is the origin. Throws `CHECKPOINT_MALFORMED` for an origin with spaces, `+` or control characters, or a key of another kind. */
export async function signCheckpoint(
  head: TreeHead,
  options: { readonly origin: string; readonly signer: Signer },
): Promise<string> {
  const { origin, signer } = options
  if (!isKeyName(origin)) throw malformed('the origin is no key name')
  if (signer.algorithm !== 'ed25519') throw malformed('the signing key is not Ed25519')
  const body = checkpointBody(origin, head)
  const signature = await signer.sign(utf8(body))
  const keyId = noteKeyId(origin, ed25519PublicKey(signer.certificate))
  return `${body}\n— ${origin} ${toBase64(concat(keyId, signature))}\n`
}

/** Reads a checkpoint; throws `CHECKPOINT_MALFORMED`. */
export function parseCheckpoint(text: string): Checkpoint {
  if (utf8(text).length > maxCheckpointBytes) throw malformed('too long')
  const split = text.lastIndexOf('\n\n')
  // Of the control characters only the line feed may stand in a note.
  if (split === -1 || !text.endsWith('\n') || /[^\P{Cc}\n]/u.test(text)) throw malformed('no note')
  const body = text.slice(0, split + 1)
  const [origin = '', size = '', root = '', ...extensions] = body.slice(0, -1).split('\n')
  if (origin === '' || extensions.includes('')) throw malformed('an empty line')
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw malformed('no tree size')
  }
  const rootHash = decode(root)
  if (rootHash.length !== 32) throw malformed('no root hash')
  const lines = text.slice(split + 2, -1).split('\n')
  if (lines.length > maxCheckpointSignatures) throw malformed('too many signatures')
  return { origin, size: Number(size), rootHash, body, signatures: lines.map(readSignature) }
}

/**
 * The head that a checkpoint proves, or undefined if it is malformed, of another origin, or not signed by `publicKey`
 * (32 bytes, RFC 8032). Signatures of unknown keys are ignored; one of the known key that fails condemns the note.
 */
export async function verifyCheckpoint(
  text: string,
  trusted: { readonly origin: string; readonly publicKey: Uint8Array },
): Promise<TreeHead | undefined> {
  let checkpoint: Checkpoint
  try {
    checkpoint = parseCheckpoint(text)
  } catch {
    return undefined
  }
  if (checkpoint.origin !== trusted.origin) return undefined
  const keyId = noteKeyId(trusted.origin, trusted.publicKey)
  const own = checkpoint.signatures.filter(
    ({ name, keyId: id }) => name === trusted.origin && equal(id, keyId),
  )
  if (own.length === 0) return undefined
  const key = await crypto.subtle.importKey(
    'raw',
    new Uint8Array(trusted.publicKey),
    'Ed25519',
    false,
    ['verify'],
  )
  const body = new Uint8Array(utf8(checkpoint.body))
  for (const { signature } of own) {
    const valid = await crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), body)
    if (!valid) return undefined
  }
  return { size: checkpoint.size, rootHash: checkpoint.rootHash }
}

/** Key ID: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key) (signed-note, "Ed25519 signatures"). */
export function noteKeyId(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concat(utf8(`${name}\n`), Uint8Array.of(ed25519Type), publicKey)).slice(0, 4)
}

/** The 32 bytes of an Ed25519 certificate's public key (RFC 5280 4.1, RFC 8410 4); throws `DER_MALFORMED` or `CHECKPOINT_MALFORMED`. */
export function ed25519PublicKey(certificate: Uint8Array): Uint8Array {
  const [tbs] = children(expectTag(readDer(certificate), 0x30, 'Certificate'))
  const fields = children(expectTag(tbs, 0x30, 'TBSCertificate'))
  // With the version present, the key is the seventh field.
  const info = fields[fields[0]?.tag === 0xa0 ? 6 : 5]
  const [algorithm, key] = children(expectTag(info, 0x30, 'SubjectPublicKeyInfo'))
  const [identifier] = children(expectTag(algorithm, 0x30, 'AlgorithmIdentifier'))
  if (readObjectIdentifier(identifier, 'algorithm') !== oids.ed25519) {
    throw malformed('the certificate has no Ed25519 key')
  }
  return readBitString(key, 'subjectPublicKey')
}

function readSignature(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...more] = line.split(' ')
  if (dash !== '—' || !isKeyName(name) || more.length > 0) throw malformed('no signature line')
  const bytes = decode(encoded)
  if (bytes.length < 5) throw malformed('a signature is too short')
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) }
}

function isKeyName(name: string): boolean {
  return name !== '' && name.length <= 256 && !/[\s+\p{Cc}]/u.test(name)
}

function decode(text: string): Uint8Array {
  try {
    const bytes = fromBase64(text)
    if (toBase64(bytes) === text) return bytes
  } catch {
    // Said below.
  }
  throw malformed('not base64')
}

function malformed(reason: string): CaError {
  return new CaError('CHECKPOINT_MALFORMED', `malformed checkpoint: ${reason}`, {
    details: { reason },
  })
}
