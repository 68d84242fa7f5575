/**
 * The LUKS2 header of the data partition by cryptsetup: which slots there are and what for, and how one is put in another's place so that
 * a power cut leaves at least one of both. Works on a partition or a file; opening it as a device is `volume.ts`.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { DiskError } from './errors.ts'
import { readAt } from './read_at.ts'
import { runTool, type ToolEnded } from './tools.ts'

/** Two slots each, used in turn: the new one is made before the old one goes. */
export const slotsFor = { passphrase: [1, 2], recovery: [3, 4], tpm: [5, 6] } as const
export type SlotPurpose = keyof typeof slotsFor

/** What the partition holds. */
export type Header =
  /** No key was ever there: it may be formatted. */
  | { readonly kind: 'blank' }
  /** Ours, but its first boot never ended, or a factory reset took its keys: it may be formatted. */
  | { readonly kind: 'unfinished' }
  /** Something else: it is never formatted. */
  | { readonly kind: 'foreign' }
  | {
      readonly kind: 'ready'
      readonly slots: readonly number[]
      /** Tokens as JSON values, by their number. */
      readonly tokens: Readonly<Record<string, unknown>>
    }

export const labels = { forming: 'sealbox-forming', ready: 'sealbox-data' } as const
/** The cipher's key: AES-256 in XTS mode has two. */
export const volumeKeyBytes = 64
/** The header with its key slots; data begins after it. */
export const headerBytes = 16 * 1024 * 1024
/** Where key material begins: before it lie the two copies of the header's description. */
const keyAreaOffset = 32 * 1024
const chunkBytes = 1024 * 1024

export interface Luks {
  readHeader(): Promise<Header>
  /** Writes a new header with one slot. Whatever was there cannot be opened any more. */
  format(first: { purpose: SlotPurpose; secret: Uint8Array }): Promise<void>
  /** From now on it counts as ready. */
  finish(): Promise<void>
  /** Puts the volume key where the other acts want it, if the secret opens a slot. */
  unlock(secret: Uint8Array): Promise<boolean>
  /** Whether the secret opens a slot. */
  opens(secret: Uint8Array): Promise<boolean>
  /** Makes a secret the only one of its purpose; `token` is the JSON that goes with its slot. */
  replaceSlot(
    purpose: SlotPurpose,
    secret: Uint8Array,
    token?: (slot: number) => string,
  ): Promise<void>
  /** Takes all slots of a purpose away. Throws `DISK_LOCKED` if none of another purpose would be left. */
  removeSlots(purpose: SlotPurpose): Promise<void>
  /** Takes all slots away: nothing opens it any more. */
  erase(): Promise<void>
}

const dumpSchema = z.object({
  keyslots: z.record(z.string(), z.unknown()),
  tokens: z.record(z.string(), z.unknown()),
})

const cipher = 'aes-xts-plain64'
const sectorBytes = 512

/**
 * What `format` makes of a header's description (LUKS2 On-Disk Format 1.1, 3). Nothing authenticates it: whoever has the disk could have it
 * name no cipher at all, for the data or for where a slot keeps the key, and would be believed with all that is written from then on.
 */
const ownSchema = z.object({
  keyslots: z.record(
    z.string(),
    z.object({
      type: z.literal('luks2'),
      key_size: z.literal(volumeKeyBytes),
      area: z.object({
        type: z.literal('raw'),
        encryption: z.literal(cipher),
        key_size: z.literal(volumeKeyBytes),
      }),
    }),
  ),
  segments: z.strictObject({
    0: z.strictObject({
      type: z.literal('crypt'),
      offset: z.literal(String(headerBytes)),
      size: z.literal('dynamic'),
      iv_tweak: z.literal('0'),
      encryption: z.literal(cipher),
      sector_size: z.literal(sectorBytes),
    }),
  }),
  digests: z.strictObject({ 0: z.object({ segments: z.tuple([z.literal('0')]) }) }),
  // No flags: some of them have the data treated otherwise.
  config: z.strictObject({ json_size: z.string(), keyslots_size: z.string() }),
})

/** What a person types is derived slowly, two seconds on this machine; random bits need not be. */
const derivation = {
  typed: ['--pbkdf-memory', '262144', '--iter-time', '2000'],
  random: ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'],
} as const

/**
 * Sectors of 512 octets: a torn write of the disk then spoils no neighbour that was safe already. Where data begins is said, else cryptsetup
 * would move it behind the header by what a disk says of its stripes.
 */
const formatOptions = [
  ...['--type', 'luks2', '--cipher', cipher, '--key-size', String(8 * volumeKeyBytes)],
  ...['--sector-size', String(sectorBytes), '--offset', String(headerBytes / 512)],
  ...['--label', labels.forming],
]

/** `volumeKeyFile`: private, on a memory file system; once written it is what all acts on the header are allowed by. */
export function createLuks({
  device,
  volumeKeyFile,
  argon2id = derivation.typed,
}: {
  readonly device: string
  readonly volumeKeyFile: string
  /** Its cost, as options of cryptsetup. */
  readonly argon2id?: readonly string[]
}): Luks {
  const derivationOf = (purpose: SlotPurpose): readonly string[] =>
    purpose === 'passphrase' ? ['--pbkdf', 'argon2id', ...argon2id] : derivation.random
  const cryptsetup = (args: readonly string[], input?: Uint8Array, passes?: readonly number[]) =>
    runTool('cryptsetup', ['--batch-mode', ...args], { input, ...(passes && { passes }) })
  const kill = (slot: number) => cryptsetup(['luksKillSlot', device, String(slot)])
  const ready = async (): Promise<Header & { kind: 'ready' }> => {
    const header = await readHeader(device)
    if (header.kind === 'ready') return header
    throw new DiskError('DISK_FOREIGN', `${device} holds no data partition of a box`)
  }
  return {
    readHeader: () => readHeader(device),
    async format({ purpose, secret }) {
      const slot = ['--key-slot', String(slotsFor[purpose][0]), ...derivationOf(purpose)]
      const key = ['--volume-key-file', volumeKeyFile, '--key-file', '-']
      await cryptsetup(['luksFormat', ...formatOptions, ...slot, ...key, device], secret)
    },
    async finish() {
      await cryptsetup(['config', '--label', labels.ready, device])
    },
    async unlock(secret) {
      // It refuses to write over a file.
      rmSync(volumeKeyFile, { force: true })
      const key = ['--dump-volume-key', '--volume-key-file', volumeKeyFile, '--key-file', '-']
      const noSuchKey = 2
      const { status } = await cryptsetup(['luksDump', ...key, device], secret, [0, noSuchKey])
      return status === 0
    },
    async opens(secret) {
      const noSuchKey = 2
      const args = ['open', '--test-passphrase', '--key-file', '-', device]
      const { status } = await cryptsetup(args, secret, [0, noSuchKey])
      return status === 0
    },
    async replaceSlot(purpose, secret, token) {
      const { slots, tokens } = await readyOrForming(device)
      const [first, second] = slotsFor[purpose]
      // Both are there only where a replacement was cut short; either one is good.
      if (slots.includes(first) && slots.includes(second)) await kill(second)
      const [slot, old] = slots.includes(first) ? [second, first] : [first, second]
      const add = ['--key-slot', String(slot), ...derivationOf(purpose), device, '-']
      await cryptsetup(['luksAddKey', '--volume-key-file', volumeKeyFile, ...add], secret)
      if (token) await putToken(device, { token: token(slot), number: slot, tokens })
      if (slots.includes(old)) await kill(old)
      if (String(old) in tokens) await removeToken(device, old)
    },
    async removeSlots(purpose) {
      const { slots, tokens } = await ready()
      const mine = slots.filter((slot) => slotsFor[purpose].some((own) => own === slot))
      if (mine.length > 0 && mine.length === slots.length) {
        throw new DiskError('DISK_LOCKED', 'the last key of the data partition stays')
      }
      for (const slot of mine) {
        await kill(slot)
        if (String(slot) in tokens) await removeToken(device, slot)
      }
    },
    async erase() {
      await cryptsetup(['erase', device])
    },
  }
}

/** A new random volume key for `format`. */
export function writeVolumeKey(file: string, random: (bytes: number) => Uint8Array): void {
  rmSync(file, { force: true })
  writeFileSync(file, random(volumeKeyBytes), { mode: 0o600 })
}

async function readHeader(device: string): Promise<Header> {
  const noSuchHeader = 1
  const dumped = await dump(device, [0, noSuchHeader])
  // A first boot that was cut while it wrote the header has left no key, so nothing that a key could open.
  if (dumped.status !== 0) return { kind: isKeyAreaEmpty(device) ? 'blank' : 'foreign' }
  const label = labelOf(device)
  if (label === labels.forming) return { kind: 'unfinished' }
  if (label !== labels.ready) return { kind: 'foreign' }
  const description = descriptionIn(dumped)
  if (!ownSchema.safeParse(description).success) return { kind: 'foreign' }
  const { slots, tokens } = slotsOf(description)
  return slots.length === 0 ? { kind: 'unfinished' } : { kind: 'ready', slots, tokens }
}

/** The label in the first copy of the binary header (LUKS2 On-Disk Format 1.1, 2.1), which cryptsetup has made good from the second if it was not. */
function labelOf(device: string): string {
  const [offset, length] = [24, 48]
  return readAt(device, offset, length).toString('latin1').replace(/\0.*$/su, '')
}

async function readyOrForming(device: string): Promise<Slots> {
  return slotsOf(descriptionIn(await dump(device)))
}

interface Slots {
  readonly slots: readonly number[]
  readonly tokens: Readonly<Record<string, unknown>>
}

function slotsOf(description: unknown): Slots {
  const { keyslots, tokens } = dumpSchema.parse(description)
  return { slots: Object.keys(keyslots).map(Number), tokens }
}

const dump = (device: string, passes: readonly number[] = [0]): Promise<ToolEnded> =>
  runTool('cryptsetup', ['luksDump', '--type', 'luks2', '--dump-json-metadata', device], { passes })

function descriptionIn({ stdout }: ToolEnded): unknown {
  return JSON.parse(new TextDecoder().decode(stdout))
}

async function putToken(
  device: string,
  put: { readonly token: string; readonly number: number; readonly tokens: object },
): Promise<void> {
  if (String(put.number) in put.tokens) await removeToken(device, put.number)
  const args = ['token', 'import', '--token-id', String(put.number), device]
  await runTool('cryptsetup', args, { input: new TextEncoder().encode(put.token) })
}

async function removeToken(device: string, number: number): Promise<void> {
  await runTool('cryptsetup', ['token', 'remove', '--token-id', String(number), device])
}

function isKeyAreaEmpty(device: string): boolean {
  for (let at = keyAreaOffset; at < headerBytes; at += chunkBytes) {
    const chunk = readAt(device, at, Math.min(chunkBytes, headerBytes - at))
    if (chunk.some((octet) => octet !== 0)) return false
  }
  return true
}

/** The volume key, for what is derived from it. */
export function readVolumeKey(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file))
}
