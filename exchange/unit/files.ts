/** The files of a sign request: fetched or taken out of it, and believed by their hash alone. Pure but for WebCrypto. */
import { toHex, webDigest, type Sha256 } from '../../ca/path/index.ts'
import { ExchangeError } from '../errors.ts'
import { decodeField, type RequestFile, type SignRequest } from './sign_request.ts'

/** Bytes by SHA-256. */
export type RequestFiles = ReadonlyMap<Sha256, Uint8Array>

/**
 * Gets all files of a request that say where they are, for showing them and for `answerSignRequest`; throws
 * `SIGN_REQUEST_FILE_DIFFERS`, or what `fetchBytes` throws, which is given a path on the box.
 */
export async function loadFiles(
  request: SignRequest,
  fetchBytes?: (href: string) => Promise<Uint8Array>,
): Promise<RequestFiles> {
  const files = new Map<Sha256, Uint8Array>()
  for (const file of request.files) {
    const { bytes, href, sha256 } = file
    if (bytes !== undefined) files.set(sha256, decodeField(file.name, bytes))
    else if (href !== undefined && fetchBytes) files.set(sha256, await fetchBytes(href))
    await requireHash(file, files.get(sha256))
  }
  return files
}

/** The bytes of a file that must be there; throws `SIGN_REQUEST_FILE_DIFFERS` where they are missing or others. */
export async function fileOf(file: RequestFile, files: RequestFiles): Promise<Uint8Array> {
  const bytes = files.get(file.sha256)
  if (bytes === undefined) throw differs(file, 'is missing')
  await requireHash(file, bytes)
  return bytes
}

/** Hashes what is there; what is not there is not shown, and proves nothing. */
export async function requireHash(file: RequestFile, bytes: Uint8Array | undefined): Promise<void> {
  if (bytes === undefined || toHex(await webDigest('SHA-256', bytes)) === file.sha256) return
  throw differs(file, 'is another one than the request names')
}

function differs({ name, sha256 }: RequestFile, what: string): ExchangeError {
  return new ExchangeError('SIGN_REQUEST_FILE_DIFFERS', `${name} ${what}; nothing was signed`, {
    details: { name, sha256 },
  })
}
