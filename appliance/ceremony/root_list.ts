/** The ceremony that renews the list of an absent root before it ends: once a year. */
import { conclude, freshRootList, rootInHand, type Concluded, type Held } from './later.ts'
import { refused } from './plan.ts'
import { listRow } from './record.ts'

/** Holds it. Throws `CEREMONY_REFUSED` of a trial box, which signs its own list every week. */
export async function holdRootList(held: Held): Promise<Concluded> {
  const { box, inHand } = held
  const list = await freshRootList(box, inHand.root)
  if (!list) throw refused('a trial box has its root key and signs its list by itself')
  const key = box.services.root.at(-1)?.key ?? 'root'
  return conclude(held, {
    ...{ kind: 'crl', root: rootInHand(held), rehearsal: { certificates: 0, lists: 0 } },
    entries: [list.entry],
    lists: [listRow(key, list)],
  })
}
