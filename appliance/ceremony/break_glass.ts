/**
 * Break-glass: the quorum of officers is lost, and the custodians of the root key appoint new ones. The minutes say why and by whose
 * shares, the root key signs them, and the pages of officers and auditors show it first from then on.
 */
import { boxActor, type EntryDraft, type Expectation } from '../../ca/index.ts'
import { createDirectory, holders } from '../../exchange/index.ts'
import { appointment } from '../../provisioning/index.ts'
import type { BoxAtRest } from './box_at_rest.ts'
import { conclude, rootInHand, type Concluded, type Held } from './later.ts'
import { refused } from './plan.ts'

/** Holds it. Throws `CEREMONY_REFUSED` without a reason, without two new officers, or for identifiers that are known or unknown. */
export async function holdBreakGlass(held: Held): Promise<Concluded> {
  const { box, plan } = held
  const { officers, dismissed, reason } = plan
  if (reason.trim() === '') throw refused('break-glass needs a reason, which stands in the minutes')
  if (!officers || new Set(officers).size < 2) throw refused('appoint at least two officers')
  await requireNew(box, officers)
  const away = await dismissal(box, dismissed)
  const appointed = officers.map((id, at) =>
    appointment(box, {
      ...{ actor: boxActor, id, role: 'officer' },
      // As at the beginning: there may be nobody left to approve the first one.
      approval: at === 0 ? 'none' : 'officer',
    }),
  )
  return conclude(held, {
    ...{ kind: 'break-glass', root: rootInHand(held), rehearsal: { certificates: 0, lists: 0 } },
    entries: [...away.entries, ...appointed.flatMap(({ entries }) => entries)],
    expect: away.expect,
    codes: appointed.map(({ issued }) => issued),
    dismissed,
  })
}

async function requireNew({ journal }: BoxAtRest, officers: readonly string[]): Promise<void> {
  const directory = createDirectory(journal.views)
  for (const id of officers) {
    if (await directory.person(id)) throw refused(`there is a person ${id} already`)
  }
}

/** Officers who leave: out of office, and every certificate of theirs revoked in the same commit. */
async function dismissal(
  { journal, authority }: BoxAtRest,
  dismissed: readonly string[],
): Promise<{ readonly entries: EntryDraft[]; readonly expect: Expectation[] }> {
  const directory = createDirectory(journal.views)
  const entries: EntryDraft[] = []
  const expect: Expectation[] = []
  for (const id of dismissed) {
    const person = await directory.person(id)
    if (person?.role !== 'officer') throw refused(`there is no officer ${id}`)
    const subject = holders.person(id)
    entries.push({
      ...{ type: 'person.registered', actor: boxActor, subject },
      data: { id, role: person.role, active: false },
    })
    for (const held of await authority.certificatesOf(subject)) {
      if (held.revoked && held.revoked.reason !== 'certificateHold') continue
      const prepared = await authority.prepareRevoke({
        ...{ sha256: held.sha256, reason: 'privilegeWithdrawn', actor: boxActor },
      })
      entries.push(...prepared.entries)
      expect.push(...prepared.expect)
    }
  }
  return { entries, expect }
}
