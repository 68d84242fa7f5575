/**
 * `sealbox ceremony crl`: an absent root, the newest or an older one, signs its revocation list anew, and with `--revoke` one of the
 * certificates that it gave. The box must not run.
 */
import { isRevocationReason, isSha256 } from '../../ca/index.ts'
import { holdRootList, type RootRevocation } from '../ceremony/root_list.ts'
import { ApplianceError } from '../errors.ts'
import { ceremonyOptions, holdAtBox } from './ceremony.ts'
import { options } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, {
    ...ceremonyOptions,
    revoke: { type: 'string' },
    reason: { type: 'string' },
    'invalidity-date': { type: 'string' },
  })
  const revocation = revocationFrom(values.revoke, values.reason, values['invalidity-date'])
  return holdAtBox(values, (held) => holdRootList(held, revocation), { older: true })
}

function revocationFrom(
  sha256: string | undefined,
  reason = 'cACompromise',
  since?: string,
): RootRevocation | undefined {
  if (sha256 === undefined) return undefined
  if (!isSha256(sha256))
    throw new ApplianceError('USAGE', '--revoke names a certificate by SHA-256')
  if (!isRevocationReason(reason)) throw new ApplianceError('USAGE', `${reason} is no reason`)
  if (since === undefined) return { sha256, reason }
  const invalidityDate = new Date(since)
  if (Number.isNaN(invalidityDate.getTime())) {
    throw new ApplianceError('USAGE', `${since} is no time`)
  }
  return { sha256, reason, invalidityDate }
}
