/**
 * The dry run before anything real is signed: the whole district with throw-away keys in memory, each certificate linted as it is
 * built, every path validated with its lists. What fails here would have failed in front of everybody with the real key.
 */
import {
  buildCrl,
  createDistrict,
  createMemoryKeys,
  urlsBelow,
  type Clock,
  type Random,
} from '../../ca/index.ts'
import { validatePath } from '../../ca/path/index.ts'
import { checkKeeping, refused, type InitPlan } from './plan.ts'

export interface Rehearsal {
  readonly certificates: number
  readonly lists: number
}

/** Throws `CEREMONY_REFUSED`, `CA_PROFILE_VIOLATED`. */
export async function rehearseInit(
  plan: InitPlan,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<Rehearsal> {
  checkKeeping(plan, plan.passphrase)
  const [first, second] = plan.officers
  if (first === second) throw refused('the first two officers are two people')
  const { districtName, hostNames, pkiUrl, algorithm } = plan
  const keys = createMemoryKeys()
  const district = await createDistrict({
    box: { mode: 'production', districtName, hostNames },
    ...{ keys, clock, random, algorithm, urls: urlsBelow(pkiUrl) },
  })
  const { certificates, rootCrl } = district
  const at = clock.now()
  const issuingCrl = await buildCrl({
    signer: await keys.open('issuing', certificates.issuing),
    ...{ number: 1, thisUpdate: at, revoked: [] },
    nextUpdate: new Date(at.getTime() + 86_400_000),
  })
  const crls = [...(rootCrl ? [rootCrl.crl] : []), issuingCrl]
  for (const [name, target] of Object.entries(certificates)) {
    if (name === 'root') continue
    // Of services that publish no status none is asked for (RFC 9608, RFC 6960 4.2.2.2.1).
    const report = await validatePath({
      target,
      ...{ intermediates: [certificates.issuing], anchors: [certificates.root], crls },
      at,
      revocation: 'crl',
    })
    if (!report.valid) {
      throw refused(`rehearsal: ${name}: ${report.findings[0]?.message ?? 'no path'}`)
    }
  }
  return { certificates: Object.keys(certificates).length, lists: crls.length }
}
