/**
 * What every ceremony after the first has in common: minutes signed by the root key that was opened, papers, one commit. Papers come
 * before the commit: after a crash between the two they are of nothing, and the box is as it was.
 */
import {
  offlineCrl,
  readPublishedCrl,
  readRevoked,
  issuerId,
  sha256Hex,
  toHex,
  type EntryDraft,
  type Expectation,
  type OfflineCrl,
  type RevokedCertificate,
  type Signer,
} from '../../ca/index.ts'
import { minutesFormat, type IssuedCode, type Minutes } from '../../provisioning/index.ts'
import type { PageHashes } from '../../web/index.ts'
import { version } from '../version.ts'
import type { LaterPlan } from './answers.ts'
import type { BoxAtRest, RootInHand } from './box_at_rest.ts'
import { codesPaper, minutesPapers, papersFolder, writePapers, type Paper } from './papers.ts'
import { signMinutes } from './record.ts'

/** A ceremony that is being held. */
export interface Held {
  readonly box: BoxAtRest
  readonly inHand: RootInHand
  readonly plan: LaterPlan
  /** Identifier, 32 hexadecimal digits. */
  readonly ceremony: string
  /** Folder below which the papers go. */
  readonly out: string
  readonly pageHashes: () => Promise<PageHashes>
  /** Told after each step; a test ends the process there. */
  readonly onStep?: (step: LaterStep) => void
}

/** What an interruption after each step leaves: papers of nothing; all of it. */
export type LaterStep = 'papers-written' | 'committed'

export function newCeremony(box: BoxAtRest): string {
  return toHex(box.random(16))
}

/** What the ceremony made. */
export interface Outcome {
  readonly kind: Minutes['kind']
  /** SHA-256 of the root that is the anchor from now on. */
  readonly root: string
  readonly rehearsal: Minutes['rehearsal']
  readonly entries: readonly EntryDraft[]
  readonly expect?: readonly Expectation[]
  readonly certificates?: Minutes['certificates']
  readonly lists?: Minutes['lists']
  readonly shares?: Minutes['shares']
  readonly codes?: readonly IssuedCode[]
  readonly dismissed?: readonly string[]
  readonly papers?: readonly Paper[]
}

export interface Concluded {
  readonly minutes: Minutes
  /** Folder of the papers. */
  readonly papers: string
  readonly codes: readonly IssuedCode[]
}

/** Signs the minutes, writes the papers, commits. Throws `CEREMONY_REFUSED` and what `Journal.commit` throws. */
export async function conclude(held: Held, outcome: Outcome): Promise<Concluded> {
  const { box, inHand, onStep } = held
  const signed = await signMinutes(await minutesOf(held, outcome), inHand.root)
  const { codes = [], papers = [] } = outcome
  const folder = papersFolder(held.out, held.ceremony)
  await writePapers(folder, [
    ...minutesPapers(signed),
    ...papers,
    ...(codes.length > 0 ? [codesPaper(codes)] : []),
  ])
  onStep?.('papers-written')
  await box.data.blobs.put(signed.bytes)
  await box.journal.commit({
    entries: [...outcome.entries, signed.entry],
    expect: outcome.expect ?? [],
  })
  onStep?.('committed')
  return { minutes: signed.minutes, papers: folder, codes }
}

/** The list of a root whose key is in hand, above the one before; undefined of a trial box, which signs its own each week. */
export async function freshRootList(
  { file, journal, clock }: BoxAtRest,
  root: Signer,
  /** Revoked in this very ceremony. */
  more: readonly RevokedCertificate[] = [],
): Promise<OfflineCrl | undefined> {
  if (file.mode === 'trial') return undefined
  const issuer = issuerId(root.certificate)
  const before = await readPublishedCrl(journal.views, issuer)
  const fresh = new Set(more.map(({ serial }) => serial))
  const known = await readRevoked(journal.views, issuer)
  const revoked = [...known.filter(({ serial }) => !fresh.has(serial)), ...more]
  return offlineCrl(root, { at: clock.now(), before: before?.number, revoked })
}

async function minutesOf(held: Held, outcome: Outcome): Promise<Minutes> {
  const { box, plan, inHand, ceremony, pageHashes } = held
  const { id, mode, districtName, hostNames, pkiUrl, zone } = box.file
  const { kind, root, rehearsal, certificates = [], lists = [], shares = null } = outcome
  const { codes = [], dismissed = [] } = outcome
  return {
    ...{ format: minutesFormat, kind, ceremony, root, rehearsal, certificates, lists, shares },
    box: { id, mode, districtName, hostNames, pkiUrl, zone },
    heldAt: box.clock.now().toISOString(),
    place: plan.place,
    present: plan.present.map(({ name, part }) => ({ name, part })),
    software: { version, ...(await pageHashes()) },
    opened: inHand.opened.map(({ number, custodian }) => ({ number, custodian })),
    officers: codes.flatMap(({ codeFor }) => (codeFor.kind === 'person' ? [codeFor.id] : [])),
    dismissed: [...dismissed],
    reason: plan.reason,
  }
}

/** SHA-256 of the root in hand. */
export function rootInHand({ inHand }: Held): string {
  return sha256Hex(inHand.root.certificate)
}
