/** The signer's page, served and as a download to be opened from disk, and the root certificate that enrolment compares. */
import { signer } from '../signer/page.ts'
import { verifier } from '../verifier/page.ts'
import { downloadedPage, servedPage } from './one_file.ts'
import { route, type Answer, type Request, type Route } from '../types.ts'

export const signerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/signer.html',
    who: 'anyone',
    summary: 'The signer; `?download` gives it as a file to be opened from disk',
    handle: signerPage,
  }),
  route({
    method: 'GET',
    path: '/root.crt',
    who: 'anyone',
    summary: 'The root certificate, DER: to be compared with the sheet and imported',
    handle: ({ parts }) => {
      const bytes = parts.authority.chain.at(-1) ?? new Uint8Array()
      const type = 'application/x-x509-ca-cert'
      return Promise.resolve({ type, bytes, fileName: 'sealbox-root.crt' })
    },
  }),
]

/** Makes the page some seconds after a start, so that the first who opens it does not wait; `ending` calls it off. */
export function warmSigner(ending: AbortSignal): void {
  signer.warm(ending)
}

/** SHA-256 of the pages of one file, hexadecimal. */
export interface PageHashes {
  readonly signer: string
  readonly verifier: string
}

/** SHA-256 of both pages of one file as this version serves them, for the minutes of a ceremony. Makes them. */
export async function pageHashes(): Promise<PageHashes> {
  const [ours, theirs] = await Promise.all([signer.page(), verifier.page()])
  return { signer: ours.sha256, verifier: theirs.sha256 }
}

function signerPage(request: Request): Promise<Answer> {
  const asFile = request.query.has('download')
  return asFile ? downloadedPage(signer, 'signer.html') : servedPage(request, signer)
}
