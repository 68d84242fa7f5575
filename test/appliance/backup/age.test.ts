/** age files against the real `age`: both ways, at the edges of chunks; and what a thief or a bad stick may do to them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import {
  ageKeyPair,
  createAgeWriter,
  openAge,
  readIdentity,
  readIdentityFile,
  readRecipient,
  type ReadPart,
} from '../../../appliance/backup/age/index.ts'
import { systemRandom } from '../../../ca/index.ts'
import { seed, seededNumbers, temporaryFolder } from '../places.ts'

const chunk = 64 * 1024
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 20 * chunk + 7]

const pair = ageKeyPair(systemRandom(32))
const other = ageKeyPair(systemRandom(32))

function plainOf(size: number): Uint8Array {
  if (size === 0) return new Uint8Array()
  const octets = createHash('shake256', { outputLength: size })
  return octets.update(`${String(seed)}/age/${String(size)}`).digest()
}

async function sealed(plain: Uint8Array, recipients = [pair.recipient]): Promise<Buffer> {
  const parts: Uint8Array[] = []
  const writer = await createAgeWriter({
    recipients: recipients.map(readRecipient),
    random: systemRandom,
    out: (pieces) => {
      parts.push(...pieces.map((piece) => Buffer.from(piece)))
      return Promise.resolve()
    },
  })
  // In uneven pieces, as an archive comes.
  for (let at = 0; at < plain.length; at += 10_007)
    await writer.write(plain.subarray(at, at + 10_007))
  await writer.finish()
  return Buffer.concat(parts)
}

function reader(bytes: Uint8Array): ReadPart {
  let at = 0
  return (length) => {
    const part = bytes.subarray(at, at + length)
    at += part.length
    return Promise.resolve(part)
  }
}

async function opened(bytes: Uint8Array, identity = pair.identity): Promise<Buffer> {
  const { chunks } = await openAge(reader(bytes), [readIdentity(identity)])
  const parts: Uint8Array[] = []
  for await (const part of chunks) parts.push(part)
  return Buffer.concat(parts)
}

test('what is written here `age -d` opens, and what age writes is opened here', async (t) => {
  const folder = await temporaryFolder(t)
  const key = join(folder, 'key.txt')
  await writeFile(key, `# a comment\n${pair.identity}\n`)
  for (const size of sizes) {
    const plain = plainOf(size)
    const ours = await sealed(plain, [other.recipient, pair.recipient])
    const theirs = execFileSync('age', ['-d', '-i', key], { input: ours, maxBuffer: 1e8 })
    t.deepEqual(theirs, Buffer.from(plain), String(size))
    const file = join(folder, 'theirs.age')
    execFileSync('age', ['-r', other.recipient, '-r', pair.recipient, '-o', file], { input: plain })
    t.deepEqual(await opened(await readFile(file)), Buffer.from(plain), String(size))
  }
})

test('a key of `age-keygen` is read, and has the recipient that it says', (t) => {
  const text = execFileSync('age-keygen', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [secret = new Uint8Array()] = readIdentityFile(text)
  t.true(text.includes(ageKeyPair(secret).recipient))
  t.true(text.includes(ageKeyPair(secret).identity))
})

test('`age` refuses what was altered here as well', async (t) => {
  const folder = await temporaryFolder(t)
  const key = join(folder, 'key.txt')
  await writeFile(key, `${pair.identity}\n`)
  const ours = await sealed(plainOf(chunk + 1))
  ours.writeUInt8(ours.readUInt8(ours.length - 1) ^ 1, ours.length - 1)
  t.not(spawnSync('age', ['-d', '-i', key], { input: ours }).status, 0)
})

test('another key opens nothing', async (t) => {
  await t.throwsAsync(opened(await sealed(plainOf(10)), other.identity), { code: 'BACKUP_LOCKED' })
})

test('a file that was cut anywhere is refused', async (t) => {
  const whole = await sealed(plainOf(3 * chunk + 5))
  const header = whole.length - (3 * (chunk + 16) + 5 + 16) - 16
  const draw = seededNumbers('cut')
  const ends = [0, 1, 21, header, header + 16, header + 17]
  const boundaries = [1, 2, 3].map((count) => header + 16 + count * (chunk + 16))
  const anywhere = Array.from({ length: 20 }, () => draw(whole.length))
  for (const end of [...ends, ...boundaries, ...anywhere, whole.length - 1]) {
    const error = await t.throwsAsync(opened(whole.subarray(0, end)), undefined, String(end))
    t.regex(String((error as { code?: string } | undefined)?.code), /^BACKUP_(?:CUT|MALFORMED)$/)
  }
})

test('a flipped bit anywhere is refused', async (t) => {
  const whole = await sealed(plainOf(2 * chunk + 5))
  const draw = seededNumbers('flip')
  const places = [
    ...Array.from({ length: 220 }, (_, at) => at),
    ...Array.from({ length: 30 }, () => draw(whole.length)),
    whole.length - 1,
  ]
  for (const at of places) {
    const flipped = Buffer.from(whole)
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << draw(8)), at)
    const error = await t.throwsAsync(opened(flipped), undefined, String(at))
    t.regex(String((error as { code?: string } | undefined)?.code), /^BACKUP_/)
  }
})

test('a body cut to a length that no base64 has is no age file', async (t) => {
  const whole = await sealed(plainOf(5))
  const text = whole.toString('latin1')
  const body = /\n([A-Za-z0-9+/]{43})\n---/.exec(text)
  if (body === null) throw new TypeError('no body')
  for (const length of [1, 41]) {
    const at = body.index + 1
    const cut = Buffer.concat([whole.subarray(0, at + length), whole.subarray(at + 43)])
    await t.throwsAsync(opened(cut), { code: 'BACKUP_MALFORMED' }, String(length))
  }
})

test('chunks that were exchanged, doubled, left out, or followed by more are refused', async (t) => {
  const whole = await sealed(plainOf(3 * chunk))
  const size = chunk + 16
  const begin = whole.length - 3 * size
  const head = whole.subarray(0, begin)
  const part = (at: number): Buffer => whole.subarray(begin + at * size, begin + (at + 1) * size)
  for (const order of [
    [1, 0, 2],
    [0, 0, 1, 2],
    [0, 2],
    [0, 1, 2, 2],
    [0, 1, 2, 0],
  ]) {
    const mixed = Buffer.concat([head, ...order.map(part)])
    await t.throwsAsync(opened(mixed), undefined, order.join())
  }
})

test('a chunk of another file to the same key is refused', async (t) => {
  const [one, two] = [await sealed(plainOf(2 * chunk)), await sealed(plainOf(2 * chunk))]
  const mixed = Buffer.concat([one.subarray(0, -(chunk + 16)), two.subarray(-(chunk + 16))])
  await t.throwsAsync(opened(mixed))
})

test('keys that are none are refused by name', (t) => {
  const wrong = [
    '',
    'age1',
    pair.recipient.toUpperCase(),
    `${pair.recipient.slice(0, -1)}${pair.recipient.endsWith('q') ? 'p' : 'q'}`,
    other.identity,
  ]
  for (const text of wrong.slice(0, 2).concat(wrong.slice(3))) {
    t.throws(() => readRecipient(text), { code: 'BACKUP_KEY_MALFORMED' }, text)
  }
  t.throws(() => readIdentity(pair.recipient), { code: 'BACKUP_KEY_MALFORMED' })
  t.throws(() => readIdentityFile('# nothing\n'), { code: 'BACKUP_KEY_MALFORMED' })
})
