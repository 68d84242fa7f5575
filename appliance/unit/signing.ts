/**
 * Signs at the unit what the box asks for: over the line, where the request is fetched and its act posted, or as files. What is
 * checked and signed is `exchange/unit`; here are fetching and keeping. The memory is kept before anything signed is let out.
 */
import type { Signer } from '../../ca/index.ts'
import {
  answerSignRequest,
  checkSignRequest,
  lastHead,
  loadFiles,
  requireAsked,
  unitOfHolder,
  type KnownBox,
  type RequestFiles,
  type SignAct,
  type Signed,
  type SignerMemory,
  type SignRequest,
  type UnitSigner,
} from '../../exchange/unit/index.ts'
import type { BoxClient } from './box_client.ts'
import type { UnitMemory } from './memory.ts'

/** Who signs: a seat with its unit's seal where it has it, or an officer. */
export interface SigningOptions {
  readonly box: KnownBox
  readonly holder: string
  /** `seat-signing` or `officer-signing` key. */
  readonly signing: Signer
  /** The unit's seal key, where this seat has it. */
  readonly seal?: Signer
  readonly memory: UnitMemory
}

/** What a sign request is asked for: the act, and the other fields of the query. */
export interface Asking {
  readonly act: SignAct
  readonly [field: string]: string
}

/** Signs the request that the box gives for this act, and performs it. */
export async function signAct<T>(
  options: SigningOptions & { readonly client: BoxClient },
  asking: Asking,
): Promise<T> {
  const { client, holder } = options
  const signed = await signInTurn(options, async (memory) => {
    const first = lastHead(memory, holder)?.size
    const query = { ...asking, ...(first !== undefined && { first: String(first) }) }
    const path = `/api/v1/sign-request?${new URLSearchParams(query).toString()}`
    const request = checkSignRequest(await client.get(path))
    requireAsked(request, asking)
    return { request, files: await loadFiles(request, (href) => client.bytes(href)) }
  })
  return client.act(signed.path, signed.body, signed.once)
}

/** Signs a request that came as a file; opens no connection. */
export async function signFile(options: SigningOptions, request: SignRequest): Promise<Signed> {
  return signInTurn(options, async () => ({ request, files: await loadFiles(request) }))
}

async function signInTurn(
  options: SigningOptions,
  get: (
    memory: SignerMemory,
  ) => Promise<{ readonly request: SignRequest; readonly files: RequestFiles }>,
): Promise<Signed> {
  const { memory, box } = options
  const made: Signed[] = []
  await memory.update(async (before) => {
    const { request, files } = await get(before)
    const answer = await answerSignRequest(request, {
      ...{ files, box, memory: before, signers: signersOf(options), now: new Date() },
    })
    made.push(answer.signed)
    return answer.memory
  })
  const [signed] = made
  if (signed === undefined) throw new TypeError('nothing was signed')
  return signed
}

function signersOf({ holder, signing, seal }: SigningOptions): UnitSigner[] {
  const signer = (of: string, key: Signer): UnitSigner => ({
    holder: of,
    certificate: key.certificate,
    sign: (bytes) => key.sign(bytes),
  })
  const unit = unitOfHolder(holder)
  return [
    signer(holder, signing),
    ...(seal && unit !== undefined ? [signer(`unit:${unit}`, seal)] : []),
  ]
}
