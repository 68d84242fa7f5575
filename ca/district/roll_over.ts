/**
 * Roll-over of the root and of the issuing authority: new keys and certificates, and for a root the links by which what hangs below the
 * one root is valid below the other as well (RFC 4210 4.4). Commits nothing; the keys are opened by whoever holds the ceremony.
 */
import { certificateIssuedEntry, crlIssuedEntry, issuerId } from '../authority/entries.ts'
import { crlDays } from '../authority/crls.ts'
import { buildCertificate, drawSerial } from '../certificates/build.ts'
import { urlsBelow } from '../certificates/extensions.ts'
import type { ProvenPublicKey } from '../certificates/public_key.ts'
import type { EntryDraft } from '../journal/types.ts'
import type { KeyFolder, SigningKey } from '../keys/key_folder.ts'
import { readCertificate } from '../path/certificate.ts'
import { serviceActivatedEntry, serviceKeyName, type BoxKeyName } from '../services/service.ts'
import type { SignatureAlgorithm, Signer } from '../signer.ts'
import {
  boxActor,
  boxCertificate,
  boxCommonName,
  boxKey,
  boxProfile,
  readTwice,
  type BoxCertificateParts,
} from './box_certificate.ts'

/** What a roll-over works with. */
export interface RollOverParts extends BoxCertificateParts {
  /** `http://host:port` of the PKI port. */
  readonly origin: string
}

export interface RolledRoot {
  readonly root: Signer
  /** The new root's key certified by the old one: whoever trusts the old root finds the way to what is new. DER. */
  readonly newWithOld: Uint8Array
  /** Older roots' keys certified by the new root, oldest first: whoever trusts the new one finds the way to what is old. DER. */
  readonly oldWithNew: readonly Uint8Array[]
  readonly entries: readonly EntryDraft[]
}

/** A new root beside the old one, which goes on to be an anchor until it ends. Throws `CA_PROFILE_VIOLATED`. */
export async function rollOverRoot(
  parts: RollOverParts,
  of: {
    /** All roots so far, DER, oldest first; the key of the last one signs a link. */
    readonly roots: readonly Uint8Array[]
    readonly old: Signer
    readonly key: SigningKey
  },
): Promise<RolledRoot> {
  const { origin } = parts
  const { roots, old, key } = of
  const generation = roots.length + 1
  const named = (at: number): ReturnType<typeof urlsBelow> =>
    urlsBelow(origin, { root: serviceKeyName('root', at) })
  const certificate = await boxCertificate(parts, {
    ...{ role: 'root', generation, publicKey: key.publicKey, issuer: key },
    urls: named(generation),
  })
  const root: Signer = { ...key, certificate }
  const newWithOld = await link(parts, {
    ...{ issuer: old, publicKey: key.publicKey, urls: named(roots.length) },
    notBefore: readCertificate(certificate).notBefore,
    notAfter: readCertificate(old.certificate).notAfter,
  })
  const oldWithNew: Uint8Array[] = []
  for (const older of roots) {
    const { publicKey, notBefore, notAfter } = readCertificate(older)
    oldWithNew.push(
      await link(parts, {
        // Certified before, by itself: its holder is this box.
        ...{ issuer: root, publicKey: publicKey as ProvenPublicKey, urls: named(generation) },
        ...{ notBefore, notAfter },
      }),
    )
  }
  const links = [newWithOld, ...oldWithNew]
  return {
    ...{ root, newWithOld, oldWithNew },
    entries: [
      issued(certificate, 'root'),
      ...links.map((one) =>
        certificateIssuedEntry({
          ...{ certificate: one, profile: 'root-link', holder: 'box', actor: boxActor },
        }),
      ),
      serviceActivatedEntry({ role: 'root', generation, certificate, actor: boxActor }),
    ],
  }
}

export interface RolledIssuing {
  /** DER. */
  readonly certificate: Uint8Array
  /** Of its responder, DER. */
  readonly ocsp: Uint8Array
  readonly entries: readonly EntryDraft[]
}

/**
 * A new issuing authority below the newest root, with a responder of its own. The old one issues nothing from then on, and goes on
 * with its list and its answers. Throws `CA_PROFILE_VIOLATED`, and what `KeyFolder` throws.
 */
export async function rollOverIssuing(
  parts: RollOverParts,
  of: {
    readonly root: Signer
    readonly keys: KeyFolder
    /** How many there are so far of each, the newest root included. */
    readonly generations: Readonly<Record<'root' | 'issuing' | 'ocsp', number>>
    readonly algorithm?: Exclude<SignatureAlgorithm, 'ed25519'> | undefined
  },
): Promise<RolledIssuing> {
  const { root, keys, generations, algorithm } = of
  const generation = generations.issuing + 1
  const responder = generations.ocsp + 1
  const urls = urlsBelow(parts.origin, {
    root: serviceKeyName('root', generations.root),
    issuing: serviceKeyName('issuing', generation),
  })
  const key = await boxKey(keys, { role: 'issuing', generation, algorithm })
  const certificate = await boxCertificate(parts, {
    ...{ role: 'issuing', generation, publicKey: key.publicKey, issuer: root, urls },
  })
  const ocspKey = await boxKey(keys, { role: 'ocsp', generation: responder, algorithm })
  const ocsp = await boxCertificate(parts, {
    ...{ role: 'ocsp', generation: responder, publicKey: ocspKey.publicKey, urls },
    issuer: { ...key, certificate },
  })
  const actor = boxActor
  return {
    ...{ certificate, ocsp },
    entries: [
      issued(certificate, 'issuing'),
      issued(ocsp, 'ocsp'),
      serviceActivatedEntry({ role: 'issuing', generation, certificate, actor }),
      serviceActivatedEntry({ role: 'ocsp', generation: responder, certificate: ocsp, actor }),
      crlIssuedEntry({
        ...{ issuer: issuerId(certificate), actor, at: parts.at },
        crlValidForDays: crlDays.issuing,
      }),
    ],
  }
}

async function link(
  { box, random }: RollOverParts,
  of: {
    readonly issuer: Signer
    readonly publicKey: ProvenPublicKey
    readonly urls: ReturnType<typeof urlsBelow>
    readonly notBefore: Date
    readonly notAfter: Date
  },
): Promise<Uint8Array> {
  const { issuer, ...rest } = of
  // All generations have one name: any number gives it.
  const commonName = boxCommonName('root', { box, generation: 1 })
  const certificate = await buildCertificate(
    {
      ...rest,
      profile: 'root-link',
      subject: { organization: box.districtName, commonName },
      serial: drawSerial(random),
    },
    issuer,
  )
  await readTwice(certificate, issuer)
  return certificate
}

function issued(certificate: Uint8Array, role: BoxKeyName): EntryDraft {
  const profile = boxProfile(role)
  return certificateIssuedEntry({ certificate, profile, holder: 'box', actor: boxActor })
}
