/** The register of certificates: what the views say of them. Reads only. */
import { fromBase64 } from '../bytes.ts'
import type { Views } from '../journal/types.ts'
import { holderPrefix, holdersPrefix, keys, type CertificateRecord } from './keyspace.ts'
import type { CertificatesAsked, CertificatesPage, CertificateState } from './types.ts'

export interface Register {
  bySha256(sha256: string): Promise<CertificateState | undefined>
  /** `issuer` is an issuer's identifier, `serial` hexadecimal without a sign octet. */
  bySerial(issuer: string, serial: string): Promise<CertificateState | undefined>
  /** All that a holder was ever given, oldest first. */
  byHolder(holder: string): Promise<CertificateState[]>
  page(asked: CertificatesAsked): Promise<CertificatesPage>
}

/** A page is read into memory whole. */
const maxPage = 500

export function createRegister(views: Views): Register {
  const bySha256 = async (sha256: string): Promise<CertificateState | undefined> => {
    const record = await views.get(keys.certificate(sha256))
    return record && stateOf(record.value as CertificateRecord)
  }
  return {
    bySha256,
    async bySerial(issuer, serial) {
      const found = await views.get(keys.serial(issuer, serial))
      return found && bySha256(found.value as string)
    },
    async byHolder(holder) {
      const prefix = holderPrefix(holder)
      const found: CertificateState[] = []
      for await (const { key } of views.scan(prefix)) {
        const state = await bySha256(key.slice(prefix.length))
        if (state) found.push(state)
      }
      return found.sort((a, b) => a.notBefore.getTime() - b.notBefore.getTime())
    },
    async page({ after, limit }) {
      const size = Math.min(Math.max(1, limit), maxPage)
      const last = after === undefined ? undefined : await bySha256(after)
      const from = last === undefined ? {} : { after: keys.holder(last.holder, last.sha256) }
      const found: string[] = []
      // One more than asked for tells whether anything follows.
      for await (const { key } of views.scan(holdersPrefix, { ...from, limit: size + 1 })) {
        found.push(key.slice(key.lastIndexOf('/') + 1))
      }
      const shown = found.slice(0, size)
      const records = await views.getMany(shown.map((sha256) => keys.certificate(sha256)))
      return {
        items: records.flatMap((record) =>
          record === undefined ? [] : [stateOf(record.value as CertificateRecord)],
        ),
        next: found.length > size ? shown.at(-1) : undefined,
      }
    },
  }
}

/** Whether a certificate may be used at a time. */
export function isLive({ notBefore, notAfter, revoked }: CertificateState, at: Date): boolean {
  return revoked === undefined && notBefore <= at && at <= notAfter
}

function stateOf(record: CertificateRecord): CertificateState {
  return {
    sha256: record.sha256,
    certificate: fromBase64(record.certificate),
    profile: record.profile,
    holder: record.holder,
    serial: record.serial,
    notBefore: new Date(record.notBefore),
    notAfter: new Date(record.notAfter),
    revoked: record.revoked ?? undefined,
  }
}
