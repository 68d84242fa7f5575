/**
 * The ceremony that renews the list of an absent root before it ends, once a year, and at any time revokes what that root certified:
 * an issuing authority that was rolled over, or a link.
 */
import {
  boxActor,
  currentService,
  equal,
  prepareAbsentRevocation,
  revokedIn,
  sha256Hex,
  type Prepared,
  type RevocationReason,
} from '../../ca/index.ts'
import { conclude, freshRootList, type Concluded, type Held } from './later.ts'
import { refused } from './plan.ts'
import { listRow } from './record.ts'

/** What the root is to revoke. */
export interface RootRevocation {
  /** SHA-256 of the certificate. */
  readonly sha256: string
  readonly reason: RevocationReason
  readonly invalidityDate?: Date
}

/**
 * Holds it. Throws `CEREMONY_REFUSED` of a trial box, which signs its own list every week, and of the issuing authority in use;
 * `CA_CERTIFICATE_UNKNOWN`, `CA_ALREADY_REVOKED`, `CA_INVALIDITY_DATE_REFUSED`.
 */
export async function holdRootList(held: Held, revocation?: RootRevocation): Promise<Concluded> {
  const { box, inHand } = held
  const { certificate } = inHand.root
  const decided = revocation && (await prepareRevocation(held, revocation))
  const revoked = decided?.entries.flatMap((entry) => revokedIn(entry) ?? [])
  const list = await freshRootList(box, inHand.root, revoked)
  if (!list) throw refused('a trial box has its root key and signs its list by itself')
  const own = box.services.root.find((one) => equal(one.certificate, certificate))
  const key = own?.key ?? 'root'
  const anchor = box.authority.roots.at(-1) ?? certificate
  return conclude(revocation ? { ...held, plan: planOf(held, revocation) } : held, {
    ...{ kind: 'crl', root: sha256Hex(anchor), rehearsal: { certificates: 0, lists: 0 } },
    entries: [...(decided?.entries ?? []), list.entry],
    expect: decided?.expect ?? [],
    lists: [listRow(key, list)],
  })
}

async function prepareRevocation(
  { box, inHand }: Held,
  { sha256, reason, invalidityDate }: RootRevocation,
): Promise<Prepared> {
  const { journal, clock, services } = box
  if (sha256Hex(currentService(services, 'issuing').certificate) === sha256) {
    throw refused('this issuing authority is in use: roll it over first')
  }
  if (reason === 'certificateHold') throw refused('an authority is revoked for good, or not')
  const { certificate: root } = inHand.root
  return prepareAbsentRevocation(
    { sha256, reason, actor: boxActor, ...(invalidityDate && { invalidityDate }) },
    { journal, clock, root },
  )
}

/** What was revoked stands in the minutes, beside what was said about it. */
function planOf({ plan }: Held, { sha256, reason }: RootRevocation): Held['plan'] {
  const words = `吊销 revoked ${sha256} (${reason})`
  return { ...plan, reason: plan.reason === '' ? words : `${plan.reason} · ${words}` }
}
