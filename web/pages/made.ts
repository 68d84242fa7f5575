/** The pages of one file as files, for who packs the product: each with the folder of its entry, where `keptPage` looks for it. */
import { madeNames, type KeptPage } from '../one_file/bundle.ts'
import { signer } from '../signer/page.ts'
import { verifier } from '../verifier/page.ts'

export interface MadeFile {
  /** Below the product's folder. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** Takes some seconds: the pages are made. */
export async function madePages(): Promise<readonly MadeFile[]> {
  const of = async (folder: string, kept: KeptPage): Promise<MadeFile[]> => {
    const { html, csp } = await kept.page()
    return [
      { path: `${folder}/${madeNames.html}`, bytes: html },
      { path: `${folder}/${madeNames.policy}`, bytes: new TextEncoder().encode(csp) },
    ]
  }
  return [...(await of('web/signer', signer)), ...(await of('web/verifier', verifier))]
}
