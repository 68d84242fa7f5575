/**
 * Statements that a signer makes by itself, from what it has at hand: no box says what to sign. Witnessed and counted like every other.
 * Pure but for WebCrypto.
 */
import { parseCheckpoint, sha256Hex, toBase64, type Sha256 } from '../../ca/path/index.ts'
import { statementAttributes } from '../statement/sign.ts'
import type { Statement, UnsignedStatement } from '../statement/types.ts'
import { lastHead, nextUse, type SeenHead, type SignerMemory } from './memory.ts'
import type { JournalProof } from './sign_request.ts'
import type { UnitSigner } from './signer.ts'
import { nextHead, type KnownBox } from './witness.ts'

/** A statement with its signature, as acts carry them. */
export interface OwnStatement {
  readonly statement: Statement
  /** Base64. */
  readonly signature: string
  readonly certificate: Sha256
}

/** Asks a box for its journal's head and for proofs between heads. */
export interface HeadSource {
  checkpoint(): Promise<string>
  /** Consistency proof, hexadecimal (`GET /api/v1/journal/proof`). */
  proof(first: number, second: number): Promise<readonly string[]>
}

/** The head now, proven from the one that was signed last. */
export async function journalProofFrom(
  source: HeadSource,
  last: SeenHead | null,
): Promise<JournalProof> {
  const checkpoint = await source.checkpoint()
  const { size } = parseCheckpoint(checkpoint)
  // Of a head that is not behind this one there is no proof; what that means is the witness's to say.
  if (last === null || last.size === 0 || last.size >= size) {
    return { checkpoint, from: null, proof: [] }
  }
  return { checkpoint, from: last.size, proof: [...(await source.proof(last.size, size))] }
}

interface Signing {
  readonly signer: UnitSigner
  readonly memory: SignerMemory
  readonly box: KnownBox
  readonly now: Date
}

interface Made {
  readonly signed: OwnStatement
  readonly memory: SignerMemory
}

/**
 * Signs over the journal's head; throws what the witness throws, and nothing is signed or counted then. The caller keeps the memory that
 * it gets before it lets the statement out.
 */
export async function signOwnStatement(
  unsigned: UnsignedStatement,
  parts: Signing & { readonly journal: JournalProof },
): Promise<Made> {
  const { signer, memory, box, journal } = parts
  const head = await nextHead({ journal, box, last: lastHead(memory, signer.holder) })
  return signOver(unsigned, { ...parts, head })
}

/** The same over a head that the witness has seen. */
export async function signOver(
  unsigned: UnsignedStatement,
  { signer, memory, box, now, head }: Signing & { readonly head: SeenHead },
): Promise<Made> {
  const { holder } = signer
  const certificate = sha256Hex(signer.certificate)
  const keyUse = nextUse(memory, certificate)
  const own = { v: 1, box: box.id, signer: holder, at: now.toISOString(), keyUse, head }
  const statement = { ...unsigned, ...own } as Statement
  const signature = await signer.sign(statementAttributes(statement, signer.certificate))
  return {
    signed: { statement, signature: toBase64(signature), certificate },
    memory: {
      ...memory,
      heads: { ...memory.heads, [holder]: head },
      uses: { ...memory.uses, [certificate]: keyUse },
    },
  }
}
