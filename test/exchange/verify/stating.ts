/** Statements of compromise by the officers of an OpenSSL district, right and wrong, for tests. */
import { assembleSignedData, canonicalJson, sha256, sha256Hex } from '../../../ca/index.ts'
import { signedAttributes } from '../../../ca/path/index.ts'
import type { Known, Order } from '../../../exchange/index.ts'
import { writeCompromiseFile, type GivenStatement } from '../../../exchange/verify/index.ts'
import type { District } from './openssl_district.ts'

/** Two officers, a further certificate of the first, a clerk, and a time-stamping key of the next generation. */
export function addOfficers(district: District): void {
  district.issue('officer-1', 'officer', 'officer-1')
  district.issue('officer-2', 'officer', 'officer-2')
  district.issue('officer-1b', 'officer', 'officer-1')
  district.issue('clerk', 'seat', 'clerk')
  district.issue('tsa2', 'tsa')
}

export interface Stating {
  readonly certificate: Uint8Array
  readonly from: Date
  readonly to?: Date
  readonly known?: readonly Known[]
  readonly by?: readonly [string, string]
  /** Name of the time-stamping key of the statement's own signatures; none if null. */
  readonly tsa?: string | null
  readonly expires?: Date
  /** Signed by the second one in place of the order. */
  readonly secondOver?: Uint8Array
  readonly signer?: string
}

/** The bytes of an order that states a compromise. */
export function orderBytes(stating: Stating): Uint8Array {
  const { certificate, from, to, known, signer = 'person:officer-1' } = stating
  const now = Date.now()
  const order: Order = {
    act: 'state-compromise',
    certificate: sha256Hex(certificate),
    from: from.toISOString(),
    to: to?.toISOString() ?? null,
    serials: known === undefined ? null : known.map((one) => ({ ...one })),
  }
  return canonicalJson({
    ...{ type: 'sealbox.order', v: 1, box: 'sealbox-test', signer, keyUse: 1, head: null },
    ...{ at: new Date(now).toISOString(), order, reason: '失窃' },
    expires: (stating.expires ?? new Date(now + 86_400_000)).toISOString(),
  })
}

/** The file as the box hands it out. */
export async function stated(district: District, stating: Stating): Promise<GivenStatement> {
  const { by = ['officer-1', 'officer-2'], tsa = 'tsa2', secondOver } = stating
  const bytes = orderBytes(stating)
  const [first, second] = by
  const signatures = [
    await signOrder(district, bytes, { by: first, tsa }),
    await signOrder(district, secondOver ?? bytes, { by: second, tsa }),
  ] as const
  return { name: 'k.compromise.json', bytes: writeCompromiseFile({ bytes, signatures }) }
}

/** Detached CMS with time stamp and evidence, as the box makes it. */
export async function signOrder(
  district: District,
  bytes: Uint8Array,
  { by, tsa }: { readonly by: string; readonly tsa: string | null },
): Promise<Uint8Array> {
  const signer = district.signer(by)
  const { certificate, algorithm } = signer
  const attributes = signedAttributes({ certificate, digest: sha256(bytes) })
  const signature = await signer.sign(attributes)
  const token = tsa === null ? undefined : await district.stampBy(tsa)(sha256(signature))
  const { certificates, crls, ocspResponses } = await district.evidence(by)
  return assembleSignedData({
    ...{ certificate, algorithm, attributes, signature },
    certificates: [certificate, ...certificates, district.issuing, district.root],
    ...(token && { signatureTimeStamp: token }),
    revocation: { crls, ocspResponses },
  })
}
