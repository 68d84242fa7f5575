/** What evidence bundles are made with on this box: its keys, certificates and lists as they are at each moment. */
import { deflateRawSync } from 'node:zlib'
import type { Clock, Journal } from '../../ca/index.ts'
import {
  createAttest,
  createBundles,
  createHeads,
  evidenceFor,
  type Attest,
  type BundleMaker,
  type BundleParts,
  type Directory,
  type PackedPage,
} from '../../exchange/index.ts'
import type { BoxFacts } from '../../web/index.ts'
import type { BoxFile, DataFolder } from './data_folder.ts'
import type { Trust } from './trust.ts'

/** The box attests by the journal's key: what is in a bundle, and how it is itself. */
export function attestOf(of: {
  readonly trust: Trust
  readonly clock: Clock
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
}): Attest {
  const { trust, clock, stamp } = of
  const { authority, evidence: services } = trust
  return createAttest({
    signer: () => trust.journalSigner,
    ...{ authority, stamp },
    evidence: (certificate) => evidenceFor({ authority, clock, services }, certificate),
  })
}

export function bundlesOf(of: {
  readonly journal: Journal
  readonly clock: Clock
  readonly file: BoxFile
  readonly data: Pick<DataFolder, 'blobs'>
  readonly trust: Trust
  readonly box: Pick<BoxFacts, 'checkpoint'>
  readonly directory: Directory
  readonly archive: BundleParts['archive']
  readonly stamp: (imprint: Uint8Array) => Promise<Uint8Array | undefined>
  /** The page that verifies; it takes a while to be made, and does not change while the box runs. */
  readonly verifierPage: (() => Promise<Uint8Array>) | undefined
}): BundleMaker {
  const { journal, clock, file, data, trust, box, directory, archive, stamp, verifierPage } = of
  const { authority } = trust
  return createBundles({
    ...{ journal, directory, archive, districtName: file.districtName },
    blobs: data.blobs,
    ...(verifierPage && { verifier: packedOnce(verifierPage) }),
    heads: createHeads(data.blobs),
    box: {
      id: file.id,
      checkpoint: box.checkpoint,
      attest: attestOf({ trust, clock, stamp }),
      certificates: () => {
        const { root, issuing, journal: key, timestamping, ocsp } = trust.certificates
        return { root, issuing, journal: key, timestamping, ocsp }
      },
      crls: async () =>
        (await authority.crlsFor([trust.certificates.journal])).map(({ crl }) => crl),
    },
  })
}

/** Compressed once: every bundle has it. */
function packedOnce(page: () => Promise<Uint8Array>): () => Promise<PackedPage> {
  let packed: Promise<PackedPage> | undefined
  return () => {
    packed ??= page().then((bytes) => ({ bytes, deflated: new Uint8Array(deflateRawSync(bytes)) }))
    return packed
  }
}
