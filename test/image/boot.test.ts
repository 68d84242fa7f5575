/** The chain from the firmware under Secure Boot to the verified root, and each link of it broken. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { mebibyte, partition } from '../../appliance/image/layout.ts'
import { readSections } from '../../appliance/image/uki.ts'
import { builtImage } from './built.ts'
import { bootImage, copyDisk, type Machine } from './machine.ts'
import { enrolledVariables } from './secure.ts'

const work = mkdtempSync(join(tmpdir(), 'sealbox-boot-'))
const rootIsThere = 'sealbox: verified root in slot a'
/** What firmware and boot loader say of a file whose signature does not fit. */
const denied = /access denied|security violation/i
const corrupted = /corrupted/

test.after.always(() => {
  rmSync(work, { recursive: true, force: true })
})

test('the kernel alone, with its command line, finds the verified root', async (t) => {
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(work, 'direct.img'))
  await using machine = await bootImage({ disk: own, firmware: 'direct', build: out })
  await t.notThrowsAsync(machine.serial.expect(rootIsThere))
})

test('a command line with another root hash finds no slot, says so and starts the machine again', async (t) => {
  const { out, disk } = await builtImage()
  const own = await copyDisk(disk, join(work, 'foreign.img'))
  const append = `box.roothash=${'ab'.repeat(32)}`
  await using machine = await bootImage({ disk: own, firmware: 'direct', build: out, append })
  await t.notThrowsAsync(machine.serial.expect('no slot holds the verified root of this kernel'))
  await machine.ended()
})

test('under Secure Boot with the owner’s keys the whole chain holds', async (t) => {
  await using machine = await bootSecurely('whole', () => undefined)
  await t.notThrowsAsync(machine.serial.expect(rootIsThere))
})

/** The superblock of erofs is at 1024; its volume name, 64 bytes into it, changes nothing but the hash. */
const volumeName = 1024 + 64
/** Of a tree the superblock has a block of its own; then the level next to the root. */
const topOfTree = 4096

test('one bit flipped in the root stops the boot', async (t) => {
  await using machine = await bootSecurely('root', (disk) => {
    flipBit(disk, partition('sealbox-root-a').startBytes + volumeName)
  })
  await t.notThrowsAsync(machine.serial.expect(corrupted))
  await machine.ended()
  t.false(machine.serial.text().includes(rootIsThere))
})

test('one bit flipped in the verity tree stops the boot', async (t) => {
  await using machine = await bootSecurely('tree', (disk) => {
    flipBit(disk, partition('sealbox-verity-a').startBytes + topOfTree)
  })
  await t.notThrowsAsync(machine.serial.expect(corrupted))
  await machine.ended()
  t.false(machine.serial.text().includes(rootIsThere))
})

test('one bit flipped in the kernel image is refused by the firmware', async (t) => {
  await using machine = await bootSecurely('kernel', (disk) => {
    editOnEsp(disk, kernelPath, (bytes) => {
      flipIn(bytes, '.linux', 4_000_000)
    })
  })
  await t.notThrowsAsync(machine.serial.expect(denied))
  t.false(machine.serial.text().includes(rootIsThere))
})

test('another command line is refused by the firmware', async (t) => {
  await using machine = await bootSecurely('cmdline', (disk) => {
    editOnEsp(disk, kernelPath, (bytes) => {
      const at = bytes.indexOf('lockdown=integrity')
      bytes.write('lockdown=none     ', at)
    })
  })
  await t.notThrowsAsync(machine.serial.expect(denied))
  t.false(machine.serial.text().includes(rootIsThere))
})

test('another boot loader is refused by the firmware', async (t) => {
  await using machine = await bootSecurely('loader', (disk) => {
    editOnEsp(disk, 'EFI/BOOT/BOOTX64.EFI', (bytes) => {
      flipIn(bytes, '.text', 1000)
    })
  })
  await t.notThrowsAsync(machine.serial.expect(denied))
  t.false(machine.serial.text().includes(rootIsThere))
})

const kernelPath = 'EFI/Linux/sealbox_0.1.0.efi'

/** A copy of the disk, changed, in a machine whose firmware has the owner's keys. */
async function bootSecurely(
  name: string,
  change: (disk: string) => void,
): Promise<Machine & AsyncDisposable> {
  const image = await builtImage()
  const disk = await copyDisk(image.disk, join(work, `${name}.img`))
  change(disk)
  const variables = await enrolledVariables(image, join(work, `${name}.fd`))
  return bootImage({ disk, firmware: 'secure', variables })
}

function flipBit(path: string, at: number): void {
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ 1
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

/** Flips one bit in a section of a PE file. */
function flipIn(bytes: Buffer, section: string, offset: number): void {
  const file = join(work, 'section.efi')
  writeFileSync(file, bytes)
  const found = readSections(file).get(section)
  if (found === undefined) throw new RangeError(section)
  const at = bytes.indexOf(found.subarray(0, 4096)) + Math.min(offset, found.length - 1)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}

/** Changes a file on the partition of the firmware. */
function editOnEsp(disk: string, path: string, change: (bytes: Buffer) => void): void {
  const esp = `${disk}@@${String(partition('sealbox-esp').startBytes / mebibyte)}M`
  const file = join(work, 'edited.efi')
  const env = { ...process.env, MTOOLS_SKIP_CHECK: '1' }
  execFileSync('mcopy', ['-o', '-n', '-i', esp, `::${path}`, file], { env })
  const bytes = readFileSync(file)
  change(bytes)
  writeFileSync(file, bytes)
  execFileSync('mcopy', ['-o', '-i', esp, file, `::${path}`], { env })
}
