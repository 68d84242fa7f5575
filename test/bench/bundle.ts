/**
 * Making an evidence bundle of a document with 91 receipts, against a plain zip (fflate, stored) of the very same bytes and one signature of the same
 * kind. The receipts are one real one, each time with another head, so that each needs proofs of its own.
 */
import { zipSync } from 'fflate'
import {
  canonicalJson,
  sha256Hex,
  type Entry,
  type JsonObject,
  type Sha256,
} from '../../ca/index.ts'
import {
  createAttest,
  createBundles,
  createHeads,
  evidenceFor,
  type BundleParts,
} from '../../exchange/index.ts'
import { readZip } from '../../exchange/verify/index.ts'
import { makeBundle, seatOf, type MadeBundle } from '../web/bundle_fixture.ts'
import { figure, perCpuSecond, turnAbout, type Figure } from './figure.ts'

const rounds = 5
const timesATurn = 3
const receipts = 91

export async function bundle(): Promise<Figure[]> {
  const made = await makeBundle()
  try {
    const parts = await crowded(made)
    const make = createBundles(parts)
    const actor = await seatOf(made.box, made.box.units[0])
    const { bytes } = await make(actor, made.id)
    const reading = readZip(bytes)
    if ('problem' in reading) throw new TypeError(reading.problem)
    const members = Object.fromEntries(reading.members)
    const manifest = members['META-INF/ASiCManifest.xml'] ?? new Uint8Array()
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => perCpuSecond(timesATurn, () => make(actor, made.id)),
      theirs: () =>
        perCpuSecond(timesATurn, async () => {
          zipSync(members, { level: 0 })
          await parts.box.attest(manifest)
        }),
    })
    // Time a bundle, not bundles a second: the figures are ratios of time.
    return [
      figure(
        `bundle: making one with ${String(receipts)} receipts`,
        1000 / value,
        'CPU ms',
        1000 / reached,
      ),
    ]
  } finally {
    await made.box.close()
  }
}

/** The parts of the real box, with 91 receipts where there is one. */
async function crowded({ box, id }: MadeBundle): Promise<BundleParts> {
  const { journal, clock, authority, directory, blobs, archive, timeStamping } = box.parts
  const { trust } = box.box
  const entries: Entry[] = []
  for await (const entry of journal.read(0))
    if (entry.subject === `document:${id}`) entries.push(entry)
  const real = entries.find(({ type }) => type === 'document.receipted')
  const answer = real?.data['answer'] as JsonObject & { statement: Sha256 }
  const first = JSON.parse(
    new TextDecoder().decode(await blobs.get(answer.statement)),
  ) as JsonObject
  const statements = new Map<string, Uint8Array>()
  const crowd = new Map<number, Entry>()
  for (let index = 0; index < receipts && real; index++) {
    const head = { ...(first['head'] as JsonObject), size: index + 1 }
    const bytes = canonicalJson({ ...first, head })
    const statement = sha256Hex(bytes)
    statements.set(statement, bytes)
    crowd.set(index, { ...real, index, data: { ...real.data, answer: { ...answer, statement } } })
  }
  const others = entries.filter(({ type }) => type !== 'document.receipted')
  const indices = [...crowd.keys(), ...others.map(({ index }) => index)]
  const views = new Proxy(journal.views, {
    get: (target, key) =>
      key === 'scan'
        ? async function* (prefix: string) {
            if (!prefix.startsWith('x/about/')) yield* target.scan(prefix)
            else for (const value of indices) yield { key: prefix, version: 0, value }
          }
        : (Reflect.get(target, key) as unknown),
  })
  const evidence = (certificate: Uint8Array) =>
    evidenceFor({ authority, clock, services: trust.evidence }, certificate)
  return {
    ...{ directory, archive, heads: createHeads(blobs), districtName: '区' },
    journal: {
      ...{ views, state: 'running' },
      entry: async (index) => crowd.get(index) ?? journal.entry(index),
      inclusionProof: (index, size) => journal.inclusionProof(index, size),
      consistencyProof: (from, to) => journal.consistencyProof(from, to),
    },
    blobs: new Proxy(blobs, {
      get: (target, key) =>
        key === 'get'
          ? (name: Sha256) => statements.get(name) ?? target.get(name)
          : (Reflect.get(target, key) as unknown),
    }),
    box: {
      id: box.id,
      checkpoint: box.parts.box.checkpoint,
      attest: createAttest({
        signer: () => trust.journalSigner,
        ...{ authority, evidence },
        stamp: (imprint) => timeStamping.stamp(imprint),
      }),
      certificates: () => ({ root: box.root }),
      crls: () => Promise.resolve([]),
    },
  }
}
