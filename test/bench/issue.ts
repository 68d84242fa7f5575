/**
 * Certificates a second from certification requests: request read, proof and key checked, certificate built, linted, signed, and
 * committed to a real journal on this disk, as many at once as a roster brings. Held against signing and verifying once each with the
 * same kind of key by `node:crypto`, and nothing else: same process, same run, turn about.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { boxActor, oids, readRequest, systemRandom, type Authority } from '../../ca/index.ts'
import * as der from '../../ca/der/write.ts'
import { openDistrict } from '../ca/trust/district.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 4
/** Certificates a turn. */
const batch = 1000
/** Requests in hand at once: a roster of 91 units brings five each. */
const concurrency = 455
/** About as long as what is signed of a certificate. */
const signedBytes = 700

/** Runs the bench: one figure, in certificates a second. */
export async function issue(): Promise<Figure[]> {
  const district = await openDistrict({ random: systemRandom })
  const { authority } = district
  const requests = Array.from({ length: batch * (2 * rounds + 1) }, newRequest)
  let taken = 0
  const { value, reached } = await turnAbout({
    rounds,
    ours: async () => {
      const turn = requests.slice(taken, (taken += batch))
      return perSecond(batch, () => issueAll(authority, turn))
    },
    theirs: () => perSecond(batch, rawTurn()),
  })
  await district.close()
  return [figure('issue', value, 'certificates/s', reached)]
}

/** A request as a unit makes it: P-256, a name, no attributes (RFC 2986 4.1). */
function newRequest(): Uint8Array {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = der.sequence(der.objectIdentifier(oids.commonName), der.utf8String('文书'))
  const information = der.sequence(
    der.integer(0),
    der.sequence(der.setOf(name)),
    publicKey.export({ format: 'der', type: 'spki' }),
    der.explicit(0),
  )
  return der.sequence(
    information,
    der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2')),
    der.bitString(sign('sha256', information, privateKey)),
  )
}

let holders = 0

async function issueAll(authority: Authority, requests: Uint8Array[]): Promise<void> {
  const left = requests.values()
  const worker = async (): Promise<void> => {
    // All workers take from the same iterator.
    for (const request of left) {
      await authority.issue({
        profile: 'seat-signing',
        subject: {
          organization: '测试区',
          organizationIdentifier: '11330100002489559U',
          commonName: '财政局 文书',
        },
        publicKey: await readRequest(request),
        holder: `seat:${String(holders++)}`,
        actor: boxActor,
      })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/** One signature and one verification for each certificate. */
function rawTurn(): () => Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const bytes = new Uint8Array(signedBytes)
  return () => {
    for (let at = 0; at < batch; at++) {
      if (!verify('sha256', bytes, publicKey, sign('sha256', bytes, privateKey))) {
        throw new Error('node:crypto does not verify what it signed')
      }
    }
    return Promise.resolve()
  }
}

async function perSecond(count: number, act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return (count * 1000) / (performance.now() - start)
}
