/** The units of the district as those who watch the network know them: which can log in, since when, and until when. */
import type { Authority, Clock } from '../../ca/index.ts'
import { holders, type Directory, type Unit } from '../../exchange/index.ts'

export interface WatchedUnit {
  readonly uscc: string
  readonly shortName: string
  /** Since when one of its certificates to log in with is good; undefined where none ever was. */
  readonly since: Date | undefined
  /** The end of the live one that ends first. */
  readonly certificateUntil: Date | undefined
}

/** Reading a few certificates a unit; whoever asks each minute gets what was read then. */
const keptMs = 5 * 60_000

/** Reads the active units, and keeps what it read for five minutes. */
export function createWatchedUnits(parts: {
  readonly directory: Directory
  readonly authority: Pick<Authority, 'certificatesOf'>
  readonly clock: Pick<Clock, 'now'>
}): () => Promise<readonly WatchedUnit[]> {
  const { directory, clock } = parts
  let kept: { readonly at: number; readonly units: Promise<readonly WatchedUnit[]> } | undefined
  const read = async (): Promise<readonly WatchedUnit[]> => {
    const units: WatchedUnit[] = []
    for (const unit of await directory.units()) {
      if (unit.active) units.push(await readUnit(parts, unit))
    }
    return units
  }
  return () => {
    const at = clock.now().getTime()
    if (kept === undefined || Math.abs(at - kept.at) > keptMs) {
      kept = { at, units: read() }
      kept.units.catch(() => (kept = undefined))
    }
    return kept.units
  }
}

async function readUnit(
  { directory, authority, clock }: Parameters<typeof createWatchedUnits>[0],
  { uscc, shortName }: Unit,
): Promise<WatchedUnit> {
  const now = clock.now()
  const seats = (await directory.seats(uscc)).filter(({ active }) => active)
  const found = await Promise.all(
    seats.map(({ seat }) => authority.certificatesOf(holders.seat(uscc, seat))),
  )
  const own = found.flat().filter(({ profile }) => profile === 'seat-client')
  const live = own.filter(({ revoked, notAfter }) => revoked === undefined && notAfter > now)
  return {
    ...{ uscc, shortName },
    since: dateOf(Math.min(...own.map(({ notBefore }) => notBefore.getTime()))),
    certificateUntil: dateOf(Math.min(...live.map(({ notAfter }) => notAfter.getTime()))),
  }
}

const dateOf = (ms: number): Date | undefined => (Number.isFinite(ms) ? new Date(ms) : undefined)
