/** The register of certificates: what the views say of them. Reads only. */
import { fromBase64 } from '../bytes.ts'
import type { Views } from '../journal/types.ts'
import { holderPrefix, keys, type CertificateRecord } from './keyspace.ts'
import type { CertificateState } from './types.ts'

export interface Register {
  bySha256(sha256: string): Promise<CertificateState | undefined>
  /** `issuer` is an issuer's identifier, `serial` hexadecimal without a sign octet. */
  bySerial(issuer: string, serial: string): Promise<CertificateState | undefined>
  /** All that a holder was ever given, oldest first. */
  byHolder(holder: string): Promise<CertificateState[]>
}

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
