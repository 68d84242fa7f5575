/**
 * `sealbox revoke`: an officer revokes a certificate, or all live ones of a holder, puts them on hold, or releases what is on hold; says
 * how fast each was seen.
 */
import { isRevocationReason, revocationReasons, sha256Hex } from '../../ca/index.ts'
import { fromPem, readCertificate } from '../../ca/path/index.ts'
import { ApplianceError } from '../errors.ts'
import {
  certificatesOf,
  release,
  revoke,
  type ListedCertificate,
  type MeasuredEffects,
  type OfficerOptions,
} from '../unit/officer.ts'
import { fileBytes, options, required, say } from './options.ts'
import { seatOptions, seatOptionsFrom } from './seat_options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values, positionals } = options(argv, {
    ...seatOptions,
    holder: { type: 'string' },
    reason: { type: 'string' },
    'invalidity-date': { type: 'string' },
    release: { type: 'boolean' },
  })
  const act = values.release === true ? undefined : revocationFrom(values)
  const [named] = positionals
  if ((named === undefined) === (values.holder === undefined)) {
    throw new ApplianceError('USAGE', 'name a certificate, or --holder')
  }
  const officer = await seatOptionsFrom(values, 'self')
  try {
    const certificates =
      named === undefined
        ? await meantOf(officer, required(values.holder, '--holder'), act === undefined)
        : [nameOf(named)]
    if (certificates.length === 0) throw new ApplianceError('USAGE', 'there is no such certificate')
    for (const certificate of certificates) {
      const measured = act
        ? await revoke(officer, certificate, act)
        : await release(officer, certificate)
      sayDone(certificate, act === undefined ? '已恢复 released' : '已吊销 revoked', measured)
    }
  } finally {
    officer.client.close()
  }
  return 0
}

function revocationFrom(values: {
  readonly reason?: string | undefined
  readonly 'invalidity-date'?: string | undefined
}): { readonly reason: string; readonly invalidityDate?: Date } {
  const reason = required(values.reason, '--reason')
  if (!isRevocationReason(reason)) {
    const names = Object.keys(revocationReasons).join(', ')
    throw new ApplianceError('USAGE', `--reason takes one of: ${names}`)
  }
  const date = values['invalidity-date']
  return { reason, ...(date !== undefined && { invalidityDate: momentOf(date) }) }
}

/** A date, midnight UTC, or a moment, RFC 3339. */
function momentOf(text: string): Date {
  const shape = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/
  const at = new Date(text)
  if (shape.test(text) && !Number.isNaN(at.getTime())) return at
  throw new ApplianceError('USAGE', `${text} is no date or time, such as 2026-11-25T08:00:00Z`)
}

/** SHA-256 of a certificate named by it, or lying in a file. */
function nameOf(named: string): string {
  const digits = named.replaceAll(':', '').toLowerCase()
  if (/^[0-9a-f]{64}$/.test(digits)) return digits
  const bytes = fileBytes(named)
  const [der = bytes] = fromPem('CERTIFICATE', new TextDecoder().decode(bytes))
  readCertificate(der)
  return sha256Hex(der)
}

/** Those of a holder that the act can be about: live ones, or those on hold. */
async function meantOf(
  officer: OfficerOptions,
  holder: string,
  isRelease: boolean,
): Promise<string[]> {
  const found = await certificatesOf(officer, holder)
  const now = Date.now()
  const isMeant = ({ revoked, notAfter }: ListedCertificate): boolean =>
    isRelease
      ? revoked?.reason === 'certificateHold'
      : revoked === undefined && Date.parse(notAfter) >= now
  return found.filter(isMeant).map(({ sha256 }) => sha256)
}

function sayDone(certificate: string, done: string, measured: MeasuredEffects | null): void {
  say(`${done}  ${certificate}`)
  if (measured === null) return
  const { committedMs, crlMs, ocspMs, connectionsClosed } = measured
  say(
    `  access ${String(committedMs)} ms, CRL ${String(crlMs)} ms, OCSP ${String(ocspMs)} ms; connections shut: ${String(connectionsClosed)}`,
  )
}
