/**
 * A box with a thousand documents, each a file of its own that verifies: one goes the whole way over HTTPS; of the others the page is the
 * same, the seal, its time stamps and its evidence are made anew by the box's own services, and the entries are those of the first under
 * other identifiers, files and numbers. Test support.
 */
import { randomBytes } from 'node:crypto'
import type { Box } from '../../../appliance/box/box.ts'
import { demoTexts } from '../../../appliance/demo/texts.ts'
import { send, signFor } from '../../../appliance/demo/work.ts'
import type { DemoUnit } from '../../../appliance/demo/district.ts'
import { signerOf, type EntryDraft, type Sha256, type Signer } from '../../../ca/index.ts'
import { createMarks, evidenceFor, loadFonts, markOutlines } from '../../../exchange/index.ts'
import { prepareSeal, sealToBaselineLta } from '../../../exchange/seal/index.ts'

const entriesAtOnce = 40
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

interface Numbered {
  readonly file: Sha256
  readonly places: readonly {
    readonly page: number
    readonly x: number
    readonly y: number
    readonly diameter: number
  }[]
}

/** Fills the box with `count` documents of the first unit; gives the files, and the number that was drawn last. */
export async function fillWithDocuments(
  box: Box,
  units: readonly DemoUnit[],
  count: number,
): Promise<{ readonly files: readonly Sha256[]; readonly last: number }> {
  const [text] = demoTexts(undefined, 1)
  if (text === undefined) throw new TypeError('no text')
  const trip = await send(units, 0, text)
  for (const recipient of trip.recipients) await signFor(trip, recipient)
  const { journal, blobs } = box.parts
  const first: EntryDraft[] = []
  for await (const { type, actor, subject, files, data } of journal.read(0)) {
    if (subject === `document:${trip.id}`) first.push({ type, actor, subject, files, data })
  }
  const seal = await sealer(box, trip.issuer, first)
  const files: Sha256[] = [trip.file]
  for (let from = 1; from < count; from += entriesAtOnce) {
    const entries: EntryDraft[] = []
    for (let at = from; at < Math.min(count, from + entriesAtOnce); at++) {
      const file = await blobs.put(await seal())
      files.push(file)
      entries.push(...copyOf(first, { id: trip.id, file: trip.file, to: file, number: at + 1 }))
    }
    await journal.commit({ entries })
  }
  return { files, last: count }
}

/** Seals the page of the first document once more. */
async function sealer(
  box: Box,
  { unit, enrolled }: DemoUnit,
  entries: readonly EntryDraft[],
): Promise<() => Promise<Uint8Array>> {
  const { authority, clock, timeStamping, blobs } = box.parts
  const { rendered } = entries.find(({ type }) => type === 'document.numbered')
    ?.data as unknown as {
    readonly rendered: Numbered
  }
  const pdf = await blobs.get(rendered.file)
  const [place] = rendered.places
  if (place === undefined) throw new TypeError('no place for a seal')
  const signer = sealKeyOf(enrolled)
  const { certificate, algorithm } = signer
  const certificates = [certificate, ...authority.chainOf(certificate)]
  const marks = createMarks({ outlines: markOutlines(await loadFonts()), trial: true })
  const mark = marks({ name: unit.name, unit: unit.uscc }, place.diameter)
  return async () => {
    const prepared = prepareSeal({
      ...{ pdf, certificate, certificates, algorithm, name: unit.name, mark },
      ...{ page: place.page, centre: { x: place.x, y: place.y }, fieldName: 'seal-1' },
      ...{ at: clock.now(), docMdp: 2 },
    })
    const signature = await signer.sign(prepared.attributes)
    const sealed = await sealToBaselineLta({
      ...{ prepared, signature, algorithm, certificate, certificates },
      stamp: (imprint) => timeStamping.stamp(imprint),
      evidence: () => evidenceFor({ authority, clock, services: box.trust.evidence }, certificate),
    })
    return sealed.pdf
  }
}

function sealKeyOf({ keys }: DemoUnit['enrolled']): Signer {
  const found = keys.find(({ profile }) => profile === 'unit-seal')
  if (found === undefined) throw new TypeError('no seal')
  return signerOf(found.privateKey, found.certificate)
}

function copyOf(
  first: readonly EntryDraft[],
  of: { readonly id: string; readonly file: string; readonly to: string; readonly number: number },
): EntryDraft[] {
  const { id, file, to, number } = of
  const other = Array.from(randomBytes(id.length), (byte) => alphabet[byte % 32]).join('')
  const text = JSON.stringify(first)
    .replaceAll(id, other)
    .replaceAll(file, to)
    .replace(/("number":)\d+/g, `$1${String(number)}`)
  return JSON.parse(text) as EntryDraft[]
}
