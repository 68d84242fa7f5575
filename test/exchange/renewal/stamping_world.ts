/**
 * A district whose time passes as a test says: authorities and time-stamping keys follow one another as on a box, and tokens of any moment
 * are made by the box's own time-stamping authority.
 */
import {
  createDistrict,
  createMemoryKeys,
  createTimeStampAuthority,
  offlineCrl,
  rollOverIssuing,
  urlsBelow,
  type Signer,
} from '../../../ca/index.ts'
import { buildCertificate, drawSerial } from '../../../ca/certificates/build.ts'
import { newEvidence, type Evidence } from '../../../exchange/verify/evidence/evidence.ts'
import { seededRandom } from '../../ca/trust/district.ts'

const origin = 'http://127.0.0.1:8080'
const yearMs = 365 * 86_400_000
const box = { mode: 'production', districtName: '测试区', hostNames: ['localhost'] } as const

export const start = new Date('2026-01-10T00:00:00Z')
/** So many years after the start. */
export const years = (count: number): Date => new Date(start.getTime() + count * yearMs)

export async function openWorld(seed: string) {
  const random = seededRandom(seed)
  const keys = createMemoryKeys()
  const clock = { now: () => start, timeSource: 'host', state: 'confirmed' } as const
  const first = await createDistrict({ box, keys, clock, random, urls: urlsBelow(origin) })
  const issuers: Promise<Signer>[] = [keys.open('issuing', first.certificates.issuing)]
  const stampers = new Map<string, Promise<Signer>>()

  /** Another authority issues every eight years. */
  const issuerAt = async (at: Date): Promise<Signer> => {
    const generation = Math.floor((at.getTime() - start.getTime()) / (8 * yearMs))
    for (let next = issuers.length; next <= generation; next++) {
      const { certificate } = await rollOverIssuing(
        { box, random, at: years(8 * next), origin },
        {
          ...{ root: first.root, keys },
          generations: { root: 1, issuing: next, ocsp: next },
        },
      )
      issuers.push(keys.open(`issuing-${String(next + 1)}`, certificate))
    }
    const signer = await issuers[generation]
    if (!signer) throw new TypeError('an issuer')
    return signer
  }

  /** A key stamps for a year. */
  const stamperAt = (at: Date): Promise<Signer> => {
    const year = Math.floor((at.getTime() - start.getTime()) / yearMs)
    const name = `stamper-${String(year)}`
    const known = stampers.get(name)
    if (known) return known
    const made = (async () => {
      const publicKey = await keys.generate(name, 'ecdsa-p256-sha256')
      const certificate = await buildCertificate(
        {
          profile: 'timestamping',
          subject: { organization: '测试区', commonName: `时间戳 ${String(year)}` },
          ...{ publicKey, notBefore: years(year), urls: urlsBelow(origin) },
          serial: drawSerial(random),
        },
        await issuerAt(years(year)),
      )
      return keys.open(name, certificate)
    })()
    stampers.set(name, made)
    return made
  }

  return {
    root: first.certificates.root,
    /** A token over a hash value, made at that moment. */
    async stampAt(at: Date, imprint: Uint8Array): Promise<Uint8Array> {
      const [signer, issuer] = [await stamperAt(at), await issuerAt(at)]
      const { crl } = await offlineCrl(first.root, { at })
      const authority = createTimeStampAuthority({
        key: () => ({ signer, certificates: [signer.certificate, issuer.certificate] }),
        record: () => Promise.resolve(),
        clock: { now: () => at, timeSource: 'host', state: 'confirmed' },
        random,
      })
      return authority.stamp(imprint, {
        carry: () => Promise.resolve({ certificates: [], crls: [crl] }),
      })
    },
    evidenceAt: (at: Date): Evidence =>
      newEvidence({ trust: [first.certificates.root], at, ports: undefined }),
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>
