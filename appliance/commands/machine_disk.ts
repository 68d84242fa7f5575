/** `sealbox machine disk`: by systemd alone (`sealbox-disk.service`), when root's act has left a job. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { places } from '../disk/data_machine.ts'
import { runningMachine } from '../disk/image_machine.ts'
import { diskWork, perform } from '../disk/job.ts'
import { exitStatus } from '../errors.ts'

export async function run(): Promise<number> {
  const work = diskWork(places.private)
  const order = work.order()
  if (order === undefined) return exitStatus.noInput
  work.end(await perform(order, runningMachine(), wipe))
  return 0
}

const chunkBytes = 1024 * 1024

/** Zeros at the start of the partition. */
function wipe(octets: number): void {
  const file = openSync(places.device, 'r+')
  try {
    for (let at = 0; at < octets; at += chunkBytes) {
      const length = Math.min(chunkBytes, octets - at)
      writeSync(file, new Uint8Array(length), 0, length, at)
    }
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
