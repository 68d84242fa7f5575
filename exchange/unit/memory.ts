/** What a signer remembers between signatures, wherever it is kept: a file beside the keys, the page's storage. Shape only. Pure. */
import * as z from 'zod'

/** A journal head as statements carry it: size, and RFC 6962 root in base64. */
const head = z.strictObject({ size: z.int().min(0), root: z.base64().length(44) })
export type SeenHead = z.infer<typeof head>

export const signerMemorySchema = z.strictObject({
  /** The head that each holder's last statement carried. */
  heads: z.record(z.string(), head).default({}),
  /** Of a memory from before heads were kept by holder. */
  head: z.exactOptional(head.nullable()),
  /** Signatures made, by SHA-256 of the certificate. */
  uses: z.record(z.string(), z.int().min(0)),
})
export type SignerMemory = z.infer<typeof signerMemorySchema>

/** Of a signer that has not signed yet. */
export const emptyMemory: SignerMemory = { heads: {}, uses: {} }

/** The head that this holder signed last; null before the first. Its size is what `?first=` of a sign request asks for. */
export function lastHead(memory: SignerMemory, holder: string): SeenHead | null {
  return memory.heads[holder] ?? memory.head ?? null
}

/** How often the key of this certificate will have signed, the next time included. */
export function nextUse(memory: SignerMemory, certificate: string): number {
  return (memory.uses[certificate] ?? 0) + 1
}
