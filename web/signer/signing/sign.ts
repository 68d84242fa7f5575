/** Signing what was looked at: asked for afresh with the newest head, compared with what was shown, counted, signed, kept. */
import {
  answerSignRequest,
  type KnownBox,
  type RequestFiles,
  type Signed,
  type SignerMemory,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import type { Api } from '../api.ts'
import type { OpenKeys } from '../keyring.ts'
import { rememberSigning } from '../memory.ts'
import type { Store } from '../store.ts'
import { askRequest, FetchFailed, isSame } from './ask.ts'
import type { Edit } from './edits.ts'
import { keep } from './outbox.ts'

/** What a person looked at. */
export interface Looked {
  readonly request: SignRequest
  readonly files: RequestFiles
  readonly box: KnownBox
  readonly edit: Edit | undefined
}

/** What was to be signed became another while it was looked at. */
export class Changed extends Error {
  constructor() {
    super('what is to be signed changed meanwhile')
    this.name = 'Changed'
  }
}

/** The witness refused what the box just said; with what proves it. */
export class Refused extends Error {
  readonly request: SignRequest
  readonly memory: SignerMemory
  override readonly cause: unknown

  constructor(cause: unknown, request: SignRequest, memory: SignerMemory) {
    super('refused to sign')
    this.name = 'Refused'
    this.cause = cause
    this.request = request
    this.memory = memory
  }
}

interface Signing extends Looked {
  readonly store: Store
  readonly opened: OpenKeys
}

/** Online: throws `Changed`, `FetchFailed`, `Refused`. What it answers is kept until the box confirms it. */
export async function signOnline(
  signing: Signing & { readonly api: Api; readonly query: URLSearchParams },
): Promise<Signed> {
  const { api, store, box, query, request, edit } = signing
  const { signed } = await rememberSigning(store, box.id, async (memory) => {
    const fresh = await askRequest(api, query, { memory, holder: request.holder })
    if (fresh.state !== 'done') throw new FetchFailed(fresh)
    if (!isSame(request, fresh.value, edit?.field) || !isAsWritten(fresh.value, edit)) {
      throw new Changed()
    }
    return answer(fresh.value, { ...signing, memory })
  })
  keep({ store, box: box.id, holder: request.holder }, signed)
  return signed
}

/** From disk: the request is the one that was dropped; throws `Refused`. */
export async function signOffline(signing: Signing): Promise<Signed> {
  const { store, box, request } = signing
  const { signed } = await rememberSigning(store, box.id, (memory) =>
    answer(request, { ...signing, memory }),
  )
  return signed
}

async function answer(
  request: SignRequest,
  { files, opened, memory, box }: Signing & { readonly memory: SignerMemory },
): Promise<Awaited<ReturnType<typeof answerSignRequest>>> {
  try {
    const { signers } = opened
    return await answerSignRequest(request, { files, signers, memory, box, now: new Date() })
  } catch (error) {
    throw new Refused(error, request, memory)
  }
}

function isAsWritten({ statement }: SignRequest, edit: Edit | undefined): boolean {
  return edit === undefined || (statement !== undefined && edit.isIn(statement))
}
