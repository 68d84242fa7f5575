/** What this browser remembers of signatures, by box: the heads that were signed, and how often each key was used. */
import { emptyMemory, signerMemorySchema, type SignerMemory } from '../../exchange/unit/index.ts'
import type { Store } from './store.ts'
import { inTurn } from './turns.ts'

const memoryKey = (box: string): string => `sealbox/${box}/memory`

/** As it stands; that of a signer which has not signed yet, if there is none. */
export function readMemory(store: Store, box: string): SignerMemory {
  return signerMemorySchema.safeParse(store.read(memoryKey(box))).data ?? emptyMemory
}

/**
 * Lets `sign` make a signature from what is remembered, in no other tab at once, and keeps what is to be remembered of it before
 * the signature is given on: one that nobody counted never leaves.
 */
export function rememberSigning<T extends { readonly memory: SignerMemory }>(
  store: Store,
  box: string,
  sign: (memory: SignerMemory) => Promise<T>,
): Promise<T> {
  return inTurn(`memory/${box}`, async () => {
    const made = await sign(readMemory(store, box))
    store.write(memoryKey(box), made.memory)
    return made
  })
}
