/** The data partition in a machine with Secure Boot and a TPM: it opens by itself, elsewhere it does not. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { builtImage } from './built.ts'
import { bootImage, copyDisk, diskPassphrase, firstAnswer, pause } from './machine.ts'
import { enrolledVariables } from './secure.ts'

const folder = mkdtempSync(join(tmpdir(), 'sealbox-disk-'))
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true })
})

const asked = /the data disk.*: $/

test('under Secure Boot with a TPM nobody is asked, at the first start and later; with another TPM the custodians are', async (t) => {
  const image = await builtImage()
  const disk = await copyDisk(image.disk, join(folder, 'disk.img'))
  const variables = await enrolledVariables(image, join(folder, 'variables.fd'))
  const options = { disk, variables, firmware: 'secure', passphrase: false } as const
  for (const start of ['first', 'second']) {
    await using machine = await bootImage({ ...options, tpm: join(folder, 'tpm') })
    await firstAnswer(machine)
    t.notRegex(machine.serial.text(), asked, start)
  }
  await using machine = await bootImage({ ...options, tpm: join(folder, 'other') })
  await machine.serial.expect('This is not the TPM that holds the disk’s key')
  await machine.serial.expect('Recovery passphrase')
})

/** Longer than the first process waits for a device where nothing else is said (systemd-system.conf(5), 90 s). */
const personMs = 120_000

test('without a TPM the passphrase is chosen at the first start, and asked until it is right', async (t) => {
  const { out, disk: built } = await builtImage()
  const disk = await copyDisk(built, join(folder, 'plain.img'))
  // An old processor: it has no instructions for AES.
  const options = {
    disk,
    build: out,
    firmware: 'direct',
    passphrase: false,
    cpu: 'qemu64',
  } as const
  {
    await using machine = await bootImage(options)
    await machine.serial.expect('Choose a passphrase for the data disk')
    await pause(personMs)
    machine.serial.send('too short\r')
    await machine.serial.expect('Too short.')
    for (const question of ['Choose a passphrase', 'Again']) {
      await machine.serial.expect(question)
      machine.serial.send(`${diskPassphrase}\r`)
    }
    await firstAnswer(machine)
  }
  await using machine = await bootImage(options)
  await machine.serial.expect('Passphrase of the data disk')
  // Ctrl-C, Ctrl-Z, Ctrl-backslash: no key stops it.
  machine.serial.send('\u0003\u001a\u001cguess number one\r')
  await machine.serial.expect('That is wrong; try again.')
  machine.serial.send(`${diskPassphrase}\r`)
  await firstAnswer(machine)
  t.notRegex(machine.serial.text(), new RegExp(diskPassphrase), 'what is typed is not shown')
})
