/**
 * Looks for secrets in bytes, in every form in which software of this kind writes them: raw, hexadecimal, base64 in all three
 * alignments, PKCS#8, lines of PEM, UTF-16; also inside base64 inside base64, as a key file is in a JSON body.
 */
import type { KeyObject } from 'node:crypto'

export interface Secret {
  readonly name: string
  readonly forms: ReadonlyMap<string, Buffer>
}

/** A private key: the scalar (or Ed25519 seed) in all encodings, its PKCS#8, and the lines of its PEM that hold it. */
export function keySecret(name: string, key: KeyObject): Secret {
  const { d = '' } = key.export({ format: 'jwk' })
  const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString()
  const scalar = Buffer.from(d, 'base64url')
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  const forms = encodings(scalar)
  forms.set('PKCS#8', pkcs8)
  // The last lines of a PEM hold the public key, which is no secret.
  const end = pkcs8.indexOf(scalar) + scalar.length
  const lines = pem.split('\n').slice(1, 1 + Math.ceil(end / 48))
  for (const [at, line] of lines.entries())
    forms.set(`PEM line ${String(at + 1)}`, Buffer.from(line))
  return { name, forms }
}

/** A secret that a person types: as it is printed, and as the bytes that it stands for. */
export function textSecret(name: string, text: string, bytes = Buffer.from(text)): Secret {
  const forms = encodings(bytes)
  const bare = text.replace(/[\s-]/g, '')
  const utf16 = Buffer.from(text, 'utf16le')
  forms.set('text', Buffer.from(text))
  forms.set('text without separators', Buffer.from(bare))
  forms.set('text in lower case', Buffer.from(bare.toLowerCase()))
  forms.set('UTF-16LE', utf16)
  forms.set('UTF-16BE', Buffer.from(utf16).swap16())
  return { name, forms }
}

function encodings(bytes: Buffer): Map<string, Buffer> {
  const forms = new Map<string, Buffer>([
    ['raw', bytes],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
  ])
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const before of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding)
      // Only the characters that hold nothing but bits of the secret.
      const [from, to] = [
        Math.ceil((before * 8) / 6),
        Math.floor(((before + bytes.length) * 8) / 6),
      ]
      forms.set(`${encoding} after ${String(before)}`, Buffer.from(text.slice(from, to)))
    }
  }
  return forms
}

/** How deep base64 may be in base64: a key in a key file in a request. */
const maxDepth = 3

/** Where which secret stands: `place: secret as form`. */
export function findSecrets(
  places: ReadonlyMap<string, Uint8Array>,
  secrets: readonly Secret[],
): string[] {
  return [...places].flatMap(([place, bytes]) => findIn(place, Buffer.from(bytes), secrets, 0))
}

function findIn(place: string, bytes: Buffer, secrets: readonly Secret[], depth: number): string[] {
  const found: string[] = []
  for (const { name, forms } of secrets) {
    for (const [form, needle] of forms) {
      if (bytes.includes(needle)) found.push(`${place}: ${name} as ${form}`)
    }
  }
  if (depth === maxDepth) return found
  const text = bytes.toString('latin1').replace(/\r?\n|\\r|\\n/g, '')
  const inside = Array.from(text.matchAll(/[A-Za-z0-9+/_-]{24,}/g), ([run]) =>
    Buffer.from(run, 'base64'),
  )
  if (inside.length === 0) return found
  // Runs are parted, so that two of them never make a third.
  const decoded = Buffer.concat(inside.flatMap((run) => [run, Buffer.alloc(8)]))
  return [...found, ...findIn(`${place}, decoded`, decoded, secrets, depth + 1)]
}
