/**
 * How long the image takes from QEMU's start to the box's first HTTPS answer, against the same kernel and systemd without the product until
 * systemd is done, in turns of one run. The data disk asks for its passphrase, which is typed at once and derived quickly. Needs the image's tools (`test/setup image`).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bareImage, bareIsUp, builtImage, type BuiltImage } from '../image/built.ts'
import { serving } from '../image/known_box.ts'
import {
  bootImage,
  copyDisk,
  diskPassphrase,
  firstAnswer,
  type BootOptions,
  type Machine,
} from '../image/machine.ts'
import { deriveQuickly } from '../image/opened_disk.ts'
import { setUpTrial } from '../image/set_up.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 2
const bootMs = 600_000

export async function boot(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
  try {
    const options = await direct(await builtImage(), join(folder, 'disk.img'))
    const bare = await direct(await bareImage(), join(folder, 'bare.img'))
    {
      await using machine = await bootImage(options)
      await setUpTrial(machine)
      await serving(machine)
    }
    deriveQuickly(options.disk, { folder, passphrase: diskPassphrase })
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => started(options, firstServing),
      theirs: () => started(bare, ({ serial }) => serial.expect(bareIsUp, bootMs)),
    })
    return [
      figure(
        'boot: until the first answer, against the system without the product',
        value,
        's',
        reached,
      ),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Seconds from QEMU's start until `seen`. */
async function started(
  options: BootOptions,
  seen: (machine: Machine) => Promise<unknown>,
): Promise<number> {
  await using machine = await bootImage(options)
  const begun = performance.now()
  await seen(machine)
  return (performance.now() - begun) / 1000
}

/** Of the box itself, not of the page that it is waited for. */
async function firstServing(machine: Machine): Promise<void> {
  for (;;) {
    const { headers } = await firstAnswer(machine, '/', bootMs)
    if (headers['sealbox-state'] === undefined) return
  }
}

const direct = async ({ out, disk }: BuiltImage, own: string): Promise<BootOptions> => ({
  ...{ disk: await copyDisk(disk, own), firmware: 'direct', build: out },
})
