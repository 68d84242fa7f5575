/** What the builder of a sign request is asked, and what it gives; the frame around it is the same for all. Types only. */
import type { Principal } from '../../exchange/index.ts'
import type { BoxWords, RequestFile, SignRequest } from '../../exchange/unit/index.ts'
import type { Parts } from '../types.ts'

export interface Asked {
  readonly parts: Parts
  readonly actor: Principal
  readonly query: URLSearchParams
  /** Another site led the browser here: nothing is done on the way. */
  readonly ledHere: boolean
}

/** A file to be looked at before signing. */
export interface BuiltFile extends Pick<RequestFile, 'as' | 'name' | 'sha256'> {
  /** API path of the file, where it has one; else it travels inside the request. */
  readonly href?: string
  readonly read: () => Promise<Uint8Array>
}

export interface Built extends Pick<SignRequest, 'path' | 'body' | 'statement' | 'seal'> {
  readonly files: readonly BuiltFile[]
  readonly words: BoxWords
  /** What a request that travels as a file is called, without its ending. */
  readonly fileName: string
}

/** Throws what the act would throw of this actor now, and `QUERY_MALFORMED`. */
export type Builder = (asked: Asked) => Promise<Built>
