/**
 * Moves a box to another host name or address: a new TLS certificate for the new names, and from then on the new address in each
 * certificate that is issued. What was issued before carries the old address for years: it has to go on leading to the box.
 */
import type { Actor, Journal, PreparedCertificate } from '../../ca/index.ts'
import { writeBoxFile, type BoxFile } from '../box/data_folder.ts'
import { prepareRollOver, type RollOverParts } from '../box/roll_over.ts'
import { addressesExpected, movedTo, rehostedEntry, type Addresses } from './addresses.ts'

/** Entries of a move, to be committed at once. Throws as `prepareRollOver`, and `CA_PROFILE_VIOLATED` for a name that is none. */
export async function prepareRehost(
  parts: RollOverParts,
  of: { readonly to: Addresses; readonly actor: Actor },
): Promise<PreparedCertificate> {
  const { file, journal } = parts
  const { to, actor } = of
  const { hostNames, pkiUrl } = file
  const moved = { ...file, hostNames: [...to.hostNames], pkiUrl: to.pkiUrl }
  const tls = await prepareRollOver({ ...parts, file: moved }, { role: 'tls', actor })
  return {
    ...tls,
    entries: [...tls.entries, rehostedEntry({ to, before: { hostNames, pkiUrl }, actor })],
    expect: [...tls.expect, await addressesExpected(journal.views)],
  }
}

/**
 * Has `box.json`, and the object that was read from it, say what the journal says: after a move, and at each opening, for a box that lost its power in between.
 */
export async function settleAddresses(
  directory: string,
  file: BoxFile,
  { views }: Pick<Journal, 'views'>,
): Promise<void> {
  const now = await movedTo(views)
  if (now === undefined || isSame(now, file)) return
  file.hostNames = [...now.hostNames]
  file.pkiUrl = now.pkiUrl
  await writeBoxFile(directory, file)
}

function isSame(one: Addresses, other: Addresses): boolean {
  return one.pkiUrl === other.pkiUrl && one.hostNames.join(' ') === other.hostNames.join(' ')
}
