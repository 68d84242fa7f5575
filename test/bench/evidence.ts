/**
 * A night over 100,000 sealed documents: reading their entries, the tree with all its parts, one timestamp, its entry; against raw SHA-256
 * of the same tree. CPU time. And the record of one document out of them, against the hashes that it takes to judge it. Names are seeded.
 */
import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { boxActor, sha256Hex, type Blobs, type Sha256 } from '../../ca/index.ts'
import { createArchive } from '../../exchange/index.ts'
import { createTrees } from '../../exchange/renewal/trees.ts'
import { openDistrict, seededRandom, type TestDistrict } from '../ca/trust/district.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const documents = 100_000
const commitEntries = 500
const rounds = 2
const asked = 200

/** Runs the bench: two figures, in milliseconds of CPU time. */
export async function evidence(): Promise<Figure[]> {
  const district = await openDistrict()
  try {
    const names = await fill(district)
    const { journal, authority, clock, timeStamps: timeStamping, certificates } = district
    const blobs = memoryBlobs()
    const archive = createArchive({
      ...{ journal, authority, clock, timeStamping, blobs, zone: 'UTC' },
      scratch: {} as never,
      stampingCertificate: () => certificates.timestamping,
    })
    // The district folds no evidence: each night finds everything new.
    const night = await turnAbout({
      rounds,
      ours: () => cpuMs(() => archive.tend({ now: true })),
      theirs: () =>
        cpuMs(() => {
          rawTree(names)
        }),
    })
    const { stamped } = await archive.tend({ now: true })
    if (stamped?.count !== documents) throw new TypeError('not all were stamped')
    const trees = createTrees(blobs)
    const places = await firstPlaces(district)
    const one = await turnAbout({
      rounds,
      ours: async () => {
        const ms = await cpuMs(async () => {
          for (let at = 0; at < asked; at++) {
            const place = { index: (places + at * 487) % (places + documents), at: 0 }
            const index = Math.max(places, place.index)
            const leaf = Buffer.from(names[index - places] ?? '', 'hex')
            await trees.pathTo(stamped.tree, { place: { index, at: 0 }, leaf })
          }
        })
        return ms / asked
      },
      theirs: async () =>
        (await cpuMs(() => {
          rawHashes(asked * 17)
        })) / asked,
    })
    return [
      figure('evidence, a night over 100,000 documents', night.value, 'ms', night.reached),
      figure('evidence, the way of one document to the root', one.value, 'ms', one.reached),
    ]
  } finally {
    await district.close()
  }
}

async function fill({ journal }: TestDistrict): Promise<Sha256[]> {
  const random = seededRandom('evidence bench')
  const names = Array.from({ length: documents }, () => sha256Hex(random(32)))
  for (let from = 0; from < documents; from += commitEntries) {
    await journal.commit({
      entries: names.slice(from, from + commitEntries).map((file) => ({
        type: 'document.sealed',
        actor: boxActor,
        subject: 'document:bench',
        data: { id: 'bench', file, last: true, stamps: [{ hash: file }] },
      })),
    })
  }
  return names
}

/** Index of the first document. */
async function firstPlaces({ journal }: TestDistrict): Promise<number> {
  for await (const { type, index } of journal.read(0)) if (type === 'document.sealed') return index
  return 0
}

function memoryBlobs(): Blobs {
  const kept = new Map<Sha256, Uint8Array>()
  return {
    state: 'running',
    put: (bytes) => {
      const name = hash('sha256', bytes, 'hex') as Sha256
      kept.set(name, bytes)
      return Promise.resolve(name)
    },
    get: (name) => Promise.resolve(kept.get(name) ?? new Uint8Array()),
    has: (name) => Promise.resolve(kept.has(name)),
    names: () => Readable.from(kept.keys()),
    end: () => Promise.resolve({ volume: 0, number: 0 }),
    arrivals: () => Readable.from([]),
    close: () => Promise.resolve(),
  }
}

/** Every inner node of the tree, and nothing else: two values joined and hashed. */
function rawTree(names: readonly string[]): void {
  let level: Buffer[] = names.map((name) => Buffer.from(name, 'hex'))
  while (level.length > 1) {
    const above: Buffer[] = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      if (!left) continue
      above.push(right ? hash('sha256', Buffer.concat([left, right]), 'buffer') : left)
    }
    level = above
  }
}

function rawHashes(count: number): void {
  const block = Buffer.alloc(64)
  for (let at = 0; at < count; at++) hash('sha256', block, 'buffer')
}

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
