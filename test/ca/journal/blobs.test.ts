/** The default blobs over LevelDB volumes: the contract, rolling, damage and healing, failed writes. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256Hex, utf8 } from '../../../ca/bytes.ts'
import { createBlobs, type Blobs, type BlobVolume } from '../../../ca/journal/index.ts'
import { blobsContract } from './blobs_contract.ts'
import { collect, openVolume, temporaryFolder } from './places.ts'

const maxBytes = 2 * 1024 * 1024

interface Volumes {
  readonly opened: Map<number, BlobVolume>
  readonly create: (options?: { volumeBytes?: number }) => Blobs
}

async function volumesIn(t: ExecutionContext): Promise<Volumes> {
  const folder = await temporaryFolder(t)
  const opened = new Map<number, BlobVolume>()
  t.teardown(async () => {
    for (const volume of opened.values()) await volume.close()
  })
  return {
    opened,
    create: (options = {}) =>
      createBlobs({
        openVolume: async (n) => {
          const volume = await openVolume(join(folder, String(n)))
          opened.set(n, volume)
          return volume
        },
        volumes: [...opened.keys()],
        maxBytes,
        ...options,
      }),
  }
}

for (const volumeBytes of [1024 ** 3, 100]) {
  blobsContract(test, `blobs in volumes of ${String(volumeBytes)} bytes`, async (t) => {
    const volumes = await volumesIn(t)
    let blobs = volumes.create({ volumeBytes })
    return {
      blobs,
      maxBytes,
      async reopen() {
        await blobs.close()
        blobs = volumes.create({ volumeBytes })
        return blobs
      },
    }
  })
}

test('arrivals are those between two positions, in order, over volumes; what was healed comes again', async (t) => {
  const { opened, create } = await volumesIn(t)
  const blobs = create({ volumeBytes: 1500 })
  t.deepEqual(await blobs.end(), { volume: 0, number: 0 })
  const put = () => blobs.put(new Uint8Array(randomBytes(600)))
  const first = [await put(), await put(), await put()]
  const middle = await blobs.end()
  const bytes = new Uint8Array(randomBytes(600))
  const later = [await blobs.put(bytes), await put()]
  const end = await blobs.end()
  const between = async (from: typeof end, to: typeof end) =>
    (await collect(blobs.arrivals(from, to))).map((one) => one.name)
  const begin = { volume: 0, number: 0 }
  t.deepEqual(await between(begin, middle), first)
  t.deepEqual(await between(middle, end), later)
  t.deepEqual(await between(begin, end), [...first, ...later])
  t.deepEqual(await between(end, end), [])
  // What came after the end was asked for is the next one's.
  const last = await put()
  t.deepEqual(await between(middle, end), later)
  t.deepEqual(await between(end, await blobs.end()), [last])
  const volume = opened.get(2)
  await volume?.put(Uint8Array.of(0x62, ...new Uint8Array(8)), utf8('damaged'), {
    keyEncoding: 'view',
  })
  const [healed] = later
  if (healed === undefined) throw new TypeError('a blob')
  t.is(await blobs.put(bytes), healed)
  const all = await collect(blobs.arrivals(begin, await blobs.end()))
  t.deepEqual(
    all.map((one) => one.name),
    [...first, ...later, last, healed],
  )
  t.deepEqual(
    all.filter((one) => sha256Hex(one.bytes) !== one.name).map((one) => one.name),
    [healed],
  )
})

test('a full volume is closed and the next one begun', async (t) => {
  const { opened, create } = await volumesIn(t)
  const blobs = create({ volumeBytes: 1000 })
  for (let at = 0; at < 6; at++) await blobs.put(new Uint8Array(randomBytes(600)))
  t.deepEqual([...opened.keys()], [1, 2, 3])
})

test('concurrent puts share few batches, each synced', async (t) => {
  const { opened, create } = await volumesIn(t)
  const blobs = create()
  await blobs.put(utf8('first'))
  const volume = opened.get(1)
  if (volume === undefined) throw new Error('no volume')
  const batch = volume.batch.bind(volume) as (...args: unknown[]) => Promise<void>
  const synced: unknown[] = []
  Object.assign(volume, {
    batch: (operations: unknown, options: { sync?: boolean }) => {
      synced.push(options.sync)
      return batch(operations, options)
    },
  })
  await Promise.all(Array.from({ length: 200 }, (_, at) => blobs.put(utf8(`blob ${String(at)}`))))
  t.true(synced.length <= 5, `${String(synced.length)} batches`)
  t.true(synced.every(Boolean))
})

test('a damaged blob is never handed out, and putting it again heals it', async (t) => {
  const { opened, create } = await volumesIn(t)
  const blobs = create()
  const bytes = utf8('sealed once, the same bytes for ever')
  const name = await blobs.put(bytes)
  const volume = opened.get(1)
  if (volume === undefined) throw new Error('no volume')
  for await (const [key, value] of volume.iterator()) {
    if (key[0] === 's'.charCodeAt(0)) continue
    for (const at of [0, value.length - 1]) {
      const flipped = new Uint8Array(value)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await volume.put(key, flipped)
      await t.throwsAsync(blobs.get(name), { code: 'BLOB_DAMAGED', message: new RegExp(name) })
    }
  }
  t.is(await blobs.put(bytes), name)
  t.deepEqual(new Uint8Array(await blobs.get(name)), bytes)
  t.deepEqual(await collect(blobs.names()), [name])
})

test('after a failed batch, written or not, nothing more is stored until a restart; what was answered is there', async (t) => {
  for (const written of [false, true]) {
    const { opened, create } = await volumesIn(t)
    const blobs = create()
    const answered = await blobs.put(utf8('answered'))
    const volume = opened.get(1)
    if (volume === undefined) throw new Error('no volume')
    const batch = volume.batch.bind(volume) as (...args: unknown[]) => Promise<void>
    Object.assign(volume, {
      batch: async (...args: unknown[]) => {
        if (written) await batch(...args)
        throw new Error('no space left on device')
      },
    })
    await t.throwsAsync(blobs.put(utf8('failed')), { code: 'BLOB_STOPPED' })
    Object.assign(volume, { batch })
    await t.throwsAsync(blobs.put(utf8('later')), { code: 'BLOB_STOPPED' })
    t.is(blobs.state, 'stopped')
    t.is((await blobs.get(answered)).length, 8)
    await blobs.close()
    const again = create()
    t.is((await again.get(answered)).length, 8)
    t.is(await again.put(utf8('failed')), sha256Hex(utf8('failed')))
    t.is(await again.put(utf8('later')), sha256Hex(utf8('later')))
  }
})
