/**
 * Which roots are at hand, and which of them the person has confirmed by fingerprint. A root is never trusted for its name, its place, or because it
 * was dropped. Pure.
 */
import { equal, fromHex, readCertificate, sha256Hex } from '../../../ca/path/index.ts'
import { readTrustFile, type TrustFile } from '../../../exchange/verify/index.ts'

export interface Root {
  /** Of its DER: what people compare. */
  readonly sha256: string
  readonly der: Uint8Array
  /** Its subject as it says itself. */
  readonly name: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** The file it came in, which may have links and lists besides. */
  readonly from: TrustFile
  readonly confirmed: boolean
}

export interface Trust {
  readonly roots: readonly Root[]
  /** Fingerprints that were typed and compared, hexadecimal: a root that fits is confirmed whenever it comes. */
  readonly fingerprints: readonly string[]
}

export const noTrust: Trust = { roots: [], fingerprints: [] }

/** A district has a handful in its life. */
const maxRoots = 20
/** `anchors.pem` of a district with many roots and lists. */
export const maxRootFileBytes = 1024 * 1024

/** Whether a name is that of a file that may hold roots. */
export const mayHoldRoots = (name: string): boolean => /\.(?:pem|crt|cer|der)$/i.test(name)

/** With the roots of a file; undefined for one that holds none. */
export function withRootFile(trust: Trust, bytes: Uint8Array): Trust | undefined {
  const found = rootsIn(bytes)
  if (found.length === 0) return undefined
  const known = new Set(trust.roots.map(({ sha256 }) => sha256))
  const added = found
    .filter(({ sha256 }) => !known.has(sha256))
    .map((root) => ({ ...root, confirmed: trust.fingerprints.includes(root.sha256) }))
  return { ...trust, roots: [...trust.roots, ...added].slice(0, maxRoots) }
}

function rootsIn(bytes: Uint8Array): Root[] {
  if (bytes.length > maxRootFileBytes) return []
  try {
    const from = readTrustFile(bytes)
    return from.trust.flatMap((der) => {
      const { subject, issuer, notBefore, notAfter } = readCertificate(der)
      if (!equal(subject.raw, issuer.raw)) return []
      const sha256 = sha256Hex(der)
      return [{ sha256, der, name: subject.text, notBefore, notAfter, from, confirmed: false }]
    })
  } catch {
    // No certificate, or one that cannot be read: nothing that could be trusted.
    return []
  }
}

/** The person has compared this fingerprint, hexadecimal. */
export function withFingerprint(trust: Trust, sha256: string): Trust {
  return {
    roots: trust.roots.map((root) =>
      root.sha256 === sha256 ? { ...root, confirmed: true } : root,
    ),
    fingerprints: [...new Set([...trust.fingerprints, sha256])],
  }
}

/** It was not this one after all. */
export function withoutFingerprint(trust: Trust, sha256: string): Trust {
  return {
    roots: trust.roots.map((root) =>
      root.sha256 === sha256 ? { ...root, confirmed: false } : root,
    ),
    fingerprints: trust.fingerprints.filter((one) => one !== sha256),
  }
}

/** Forgets a root that nobody confirmed. */
export function withoutRoot(trust: Trust, sha256: string): Trust {
  return { ...trust, roots: trust.roots.filter((root) => root.sha256 !== sha256) }
}

/** What is judged by: as `--trust` with a file of the confirmed roots, and the links and lists of the files that they came in. */
export function judgedBy({ roots }: Trust): Required<TrustFile> {
  const chosen = roots.filter(({ confirmed }) => confirmed)
  const files = [...new Set(chosen.map(({ from }) => from))]
  return {
    trust: chosen.map(({ der }) => der),
    certificates: files.flatMap(({ certificates = [] }) => certificates),
    crls: files.flatMap(({ crls = [] }) => crls),
  }
}

/** Another root that calls itself the same: names prove nothing. */
export function namesakeOf({ roots }: Trust, root: Root): Root | undefined {
  return roots.find(({ sha256, name }) => sha256 !== root.sha256 && name === root.name)
}

/** Typed fingerprints to which no root has come yet. */
export function awaited({ roots, fingerprints }: Trust): Uint8Array[] {
  return fingerprints
    .filter((one) => !roots.some(({ sha256 }) => sha256 === one))
    .map((one) => fromHex(one))
}
