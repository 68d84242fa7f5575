/**
 * The file `NAME.compromise.json` (`docs/formats/compromise.md`): an order of two officers that states a compromise, with both
 * detached signatures, so that one file is all that an auditor needs. Pure.
 */
import * as z from 'zod'
import { CaError, fromBase64, sha256Hex, toBase64, type Sha256 } from '../../../ca/path/index.ts'
import { ExchangeError } from '../../errors.ts'
import type { OrderOf } from '../../order/acts.ts'
import { maxOrderBytes, readOrderStatement } from '../../order/read.ts'
import type { StatementOf } from '../../statement/types.ts'

/** A statement of the largest size with its signatures, in base64. */
export const maxCompromiseFileBytes = 2 * maxOrderBytes
const maxSignatureBytes = 1024 * 1024

export interface CompromiseFile {
  /** The exact bytes that both officers signed. */
  readonly bytes: Uint8Array
  /** Their SHA-256: the name of the order. */
  readonly order: Sha256
  readonly statement: StatementOf<'sealbox.order'>
  readonly stated: OrderOf<'state-compromise'>
  /** DER, the proposer's first. */
  readonly signatures: readonly [Uint8Array, Uint8Array]
}

const base64 = (maxBytes: number) => z.base64().max(Math.ceil(maxBytes / 3) * 4)
const fileSchema = z.strictObject({
  statement: base64(maxOrderBytes),
  signatures: z.tuple([base64(maxSignatureBytes), base64(maxSignatureBytes)]),
})

/** The bytes of the file. */
export function writeCompromiseFile(
  parts: Pick<CompromiseFile, 'bytes' | 'signatures'>,
): Uint8Array {
  const [first, second] = parts.signatures
  const file = {
    statement: toBase64(parts.bytes),
    signatures: [toBase64(first), toBase64(second)],
  }
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`)
}

/** undefined for bytes that are no such file; whether its signatures hold is not said. */
export function readCompromiseFile(file: Uint8Array): CompromiseFile | undefined {
  if (file.length > maxCompromiseFileBytes) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file)
    const { statement: encoded, signatures } = fileSchema.parse(JSON.parse(text))
    const bytes = fromBase64(encoded)
    const statement = readOrderStatement(bytes)
    if (statement.order.act !== 'state-compromise') return undefined
    const [first, second] = signatures
    return {
      bytes,
      order: sha256Hex(bytes),
      statement,
      stated: statement.order,
      signatures: [fromBase64(first), fromBase64(second)],
    }
  } catch (error) {
    // No UTF-8, no JSON, another shape, or a statement that is no order.
    if (isUnreadable(error)) return undefined
    throw error
  }
}

const isUnreadable = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof CaError ||
  error instanceof SyntaxError ||
  error instanceof z.ZodError ||
  error instanceof ExchangeError
