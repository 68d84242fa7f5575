/** Asking the box for what is to be signed, and whether a second answer is still what was looked at. */
import * as z from 'zod'
import { canonicalJson, equal } from '../../../ca/path/index.ts'
import {
  checkSignRequest,
  lastHead,
  loadFiles,
  timelessSeal,
  type RequestFiles,
  type SignerMemory,
  type SignRequest,
} from '../../../exchange/unit/index.ts'
import type { Answered, Api } from '../api.ts'

/** Thrown for a file that could not be fetched. */
export class FetchFailed extends Error {
  readonly answer: Exclude<Answered<unknown>, { state: 'done' }>

  constructor(answer: Exclude<Answered<unknown>, { state: 'done' }>) {
    super('a file could not be fetched')
    this.name = 'FetchFailed'
    this.answer = answer
  }
}

/** The request, with a proof from the head that this holder signed last. Throws `SIGN_REQUEST_MALFORMED`. */
export async function askRequest(
  api: Api,
  query: URLSearchParams,
  of: { readonly memory: SignerMemory; readonly holder: string },
): Promise<Answered<SignRequest>> {
  const asked = new URLSearchParams(query)
  const last = lastHead(of.memory, of.holder)
  if (last !== null && last.size > 0) asked.set('first', String(last.size))
  const answer = await api.get(`/api/v1/sign-request?${asked.toString()}`, z.unknown())
  return answer.state === 'done' ? { ...answer, value: checkSignRequest(answer.value) } : answer
}

/** Everything the request names, hashed here. Throws `FetchFailed`, `SIGN_REQUEST_FILE_DIFFERS`. */
export function fetchFiles(request: SignRequest, api?: Api): Promise<RequestFiles> {
  return loadFiles(
    request,
    api &&
      (async (href) => {
        const answer = await api.bytes(href)
        if (answer.state !== 'done') throw new FetchFailed(answer)
        return answer.value
      }),
  )
}

/**
 * Whether the request that is signed says what was shown, but for the field that is edited: the head, the version of the record and
 * the time of a seal may have gone on meanwhile.
 */
export function isSame(shown: SignRequest, now: SignRequest, edited?: string): boolean {
  const essence = ({ act, box, holder, path, statement, seal, files }: SignRequest): unknown => ({
    act,
    box,
    holder,
    path,
    statement: statement === undefined ? null : { ...statement, ...(edited && { [edited]: null }) },
    // The mark is signed too: another one than was shown would be another matter.
    seal: seal === undefined ? null : timelessSeal(seal),
    files: files.map(({ as, name, sha256 }) => ({ as, name, sha256 })),
  })
  return equal(canonicalJson(essence(shown)), canonicalJson(essence(now)))
}
