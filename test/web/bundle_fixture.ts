/** A document of a whole box with its evidence bundle, and what tests do to bundles. */
import { canonicalJson, utf8 } from '../../ca/index.ts'
import type { Principal } from '../../exchange/index.ts'
import { packBundle } from '../../exchange/bundle/pack.ts'
import { writeZip } from '../../exchange/bundle/zip_write.ts'
import { readZip, type Report } from '../../exchange/verify/index.ts'
import { openTestBox, type TestBox, type TestUnit } from './box_fixture.ts'
import { attachmentOf, dispatched, textBytes } from './trip.ts'

export interface MadeBundle {
  readonly box: TestBox
  readonly id: string
  readonly name: string
  /** As the issuer has it: two recipients, one of which has signed for it. */
  readonly whole: Uint8Array
  /** The moment of validation. */
  readonly at: Date
}

export async function makeBundle(): Promise<MadeBundle> {
  const box = await openTestBox()
  const [one, two, three] = box.units
  const table = textBytes('登记表')
  await one.clerk.upload('attachment', '附表: 1.txt', table)
  const attachments = [attachmentOf(table, '附表: 1.txt')]
  const { id } = await dispatched({ issuers: [one], main: [two], copies: [three] }, { attachments })
  await two.clerk.signFor(id)
  // Another act of the same unit: its head covers its receipt, but nobody is a witness for oneself.
  const other = await dispatched({ issuers: [one], main: [two] })
  await two.clerk.signFor(other.id)
  const { bytes: whole, fileName: name } = await box.parts.bundles(await seatOf(box, one), id)
  return { box, id, name, whole, at: new Date() }
}

export async function seatOf(box: TestBox, of: TestUnit): Promise<Principal> {
  const holder = `seat:${of.unit.uscc}/clerk`
  const principal = await box.parts.directory.principal(holder, of.keys.clerk.name)
  if (principal === undefined) throw new TypeError('no such seat')
  return principal
}

export function unpack(bytes: Uint8Array): Map<string, Uint8Array> {
  const reading = readZip(bytes)
  if ('problem' in reading) throw new TypeError(reading.problem)
  return new Map(reading.members)
}

export const pack = (members: ReadonlyMap<string, Uint8Array>): Uint8Array =>
  writeZip([...members].map(([path, bytes]) => ({ name: path, bytes })))

/** With the list of files made anew: what somebody does who knows the format but has not the journal's key. */
export async function packAnew(members: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const signature = members.get('META-INF/signature.p7s') ?? new Uint8Array()
  const files = [...members].filter(
    ([path]) => path !== 'mimetype' && !path.startsWith('META-INF/'),
  )
  return packBundle(
    files.map(([path, bytes]) => ({ name: path, bytes })),
    () => Promise.resolve(signature),
  )
}

export const codesOf = (report: Report): string[] => report.findings.map(({ code }) => code)

export const textIn = (members: ReadonlyMap<string, Uint8Array>, path: string): string =>
  new TextDecoder().decode(members.get(path))

/** Leaves out journal entries, and says so in `bundle.json`. */
export function withoutEntries(
  members: Map<string, Uint8Array>,
  drop: (line: string) => boolean,
): void {
  const contents = JSON.parse(textIn(members, 'bundle.json')) as { entries: number[] }
  const lines = textIn(members, 'journal/entries.jsonl').trimEnd().split('\n')
  const kept = lines.filter((line) => !drop(line))
  members.set('journal/entries.jsonl', utf8(kept.map((line) => `${line}\n`).join('')))
  const entries = kept.map((line) => (JSON.parse(line) as { index: number }).index)
  members.set('bundle.json', canonicalJson({ ...contents, entries }))
}
