/**
 * The inside of an encrypted data partition on a machine without device mapper: sectors decrypted one by one (LUKS2, aes-xts-plain64,
 * sectors of 512 octets), the file system read by e2fsprogs. Test support.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createDecipheriv } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { headerBytes, createLuks, readVolumeKey } from '../../appliance/disk/luks.ts'
import { passphraseOctets } from '../../appliance/disk/secrets.ts'
import { partition } from '../../appliance/image/layout.ts'
import type { LoggedWrite } from './write_log.ts'

const sectorBytes = 512
/** Where the encrypted data begins on the disk. */
const dataStart = (): number => partition('sealbox-data').startBytes + headerBytes

/** The volume key of a disk's data partition, by its passphrase. */
export async function volumeKeyOf(
  disk: string,
  { folder, passphrase }: { folder: string; passphrase: string },
): Promise<Uint8Array> {
  const [device, volumeKeyFile] = [headerOf(disk, folder), join(folder, 'volume.key')]
  if (!(await createLuks({ device, volumeKeyFile }).unlock(passphraseOctets(passphrase)))) {
    throw new TypeError('the passphrase does not open the disk')
  }
  return readVolumeKey(volumeKeyFile)
}

/** Has the passphrase derived in no time from now on, like the random secret that a TPM keeps: seconds by design say nothing of a start. */
export function deriveQuickly(
  disk: string,
  { folder, passphrase }: { folder: string; passphrase: string },
): void {
  const device = headerOf(disk, folder)
  const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000']
  const args = ['luksConvertKey', '--batch-mode', '--key-file', '-', ...quick, device]
  execFileSync('cryptsetup', args, { input: passphraseOctets(passphrase) })
  const to = openSync(disk, 'r+')
  writeSync(to, startOf(device, 0), 0, headerBytes, partition('sealbox-data').startBytes)
  closeSync(to)
}

/** As much of a file as a header takes. */
function startOf(file: string, at: number): Buffer {
  const header = Buffer.alloc(headerBytes)
  const from = openSync(file, 'r')
  readSync(from, header, 0, headerBytes, at)
  closeSync(from)
  return header
}

/** A file that begins as the data partition does, with its header, and is as long. */
function headerOf(disk: string, folder: string): string {
  const device = join(folder, 'header.img')
  const { startBytes } = partition('sealbox-data')
  writeFileSync(device, startOf(disk, startBytes))
  truncateSync(device, statSync(disk).size - startBytes)
  return device
}

/** Replays recorded writes into a file that is the decrypted partition. */
export function createReplay(record: string, { plain, key }: { plain: string; key: Uint8Array }) {
  const from = openSync(record, 'r')
  const to = openSync(plain, 'r+')
  return {
    apply({ offset, length, at }: LoggedWrite): void {
      const start = dataStart()
      if (at === undefined || offset < start) return
      const bytes = Buffer.alloc(length)
      readSync(from, bytes, 0, length, at)
      writeSync(
        to,
        decrypted(bytes, (offset - start) / sectorBytes, key),
        0,
        length,
        offset - start,
      )
    },
    close(): void {
      for (const file of [from, to]) closeSync(file)
    },
  }
}

function decrypted(bytes: Buffer, firstSector: number, key: Uint8Array): Buffer {
  const plain = Buffer.alloc(bytes.length)
  for (let at = 0; at < bytes.length; at += sectorBytes) {
    const iv = Buffer.alloc(16)
    iv.writeBigUInt64LE(BigInt(firstSector + at / sectorBytes))
    const decipher = createDecipheriv('aes-256-xts', key, iv).setAutoPadding(false)
    decipher.update(bytes.subarray(at, at + sectorBytes)).copy(plain, at)
  }
  return plain
}

/** Recovers the file system as the box does at its start, and copies folders of it out. Throws what e2fsck says if that is not enough. */
export function copyOut(plain: string, folders: Readonly<Record<string, string>>): void {
  const checked = spawnSync('e2fsck', ['-p', plain], { encoding: 'utf8' })
  if (checked.status !== 0 && checked.status !== 1) throw new Error(checked.stdout + checked.stderr)
  for (const [inside, out] of Object.entries(folders)) {
    mkdirSync(out, { recursive: true })
    spawnSync('debugfs', ['-R', `rdump ${inside} ${out}`, plain], { encoding: 'utf8' })
  }
}
