/** The ceremony that renews the list of an absent root before it ends: once a year. */
import { equal, sha256Hex } from '../../ca/index.ts'
import { conclude, freshRootList, type Concluded, type Held } from './later.ts'
import { refused } from './plan.ts'
import { listRow } from './record.ts'

/** Holds it. Throws `CEREMONY_REFUSED` of a trial box, which signs its own list every week. */
export async function holdRootList(held: Held): Promise<Concluded> {
  const { box, inHand } = held
  const list = await freshRootList(box, inHand.root)
  if (!list) throw refused('a trial box has its root key and signs its list by itself')
  const { certificate } = inHand.root
  const own = box.services.root.find((one) => equal(one.certificate, certificate))
  const key = own?.key ?? 'root'
  const anchor = box.authority.roots.at(-1) ?? certificate
  return conclude(held, {
    ...{ kind: 'crl', root: sha256Hex(anchor), rehearsal: { certificates: 0, lists: 0 } },
    entries: [list.entry],
    lists: [listRow(key, list)],
  })
}
