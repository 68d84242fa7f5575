/**
 * How long the image takes from QEMU's start to the box's first HTTPS answer, against the same kernel and systemd without the product until
 * systemd is done, in turns of one run; and the memory of the machine that idles then. Needs the image's tools (`test/setup image`).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageFolder } from '../../appliance/image/build_folders.ts'
import { builtImage } from '../image/built.ts'
import { serving } from '../image/known_box.ts'
import { bootImage, copyDisk, firstAnswer, type Machine } from '../image/machine.ts'
import { setUpTrial } from '../image/set_up.ts'
import { figure, turnAbout, type Figure } from './figure.ts'

const rounds = 2
const bootMs = 600_000

export async function boot(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
  try {
    const { out, disk: built } = await builtImage()
    const disk = await copyDisk(built, join(folder, 'disk.img'))
    const options = { disk, firmware: 'direct', build: out } as const
    {
      await using machine = await bootImage(options)
      await setUpTrial(machine)
      await serving(machine)
    }
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => started(options, firstServing),
      theirs: () => started({ ...options, append: withoutProduct() }, systemdIsDone),
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
  options: Parameters<typeof bootImage>[0],
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

const systemdIsDone = ({ serial }: Machine): Promise<string> =>
  serial.expect(/Reached target[^\n]*Multi-User/i, bootMs)

/** No unit of ours runs; `/var`, which our disk would hold, is in memory. */
function withoutProduct(): string {
  const units = readdirSync(join(imageFolder, 'tree/etc/systemd/system')).filter(
    (name) => /^sealbox.*\.(?:service|path|socket)$/.test(name) || name === 'var.mount',
  )
  return ['systemd.show_status=yes', ...units.map((unit) => `systemd.mask=${unit}`)].join(' ')
}
