/** A software TPM of the test's own (swtpm), switched off and on as a machine is. Test support. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExecutionContext } from 'ava'
import { createTpm, type Tpm } from '../../../appliance/disk/tpm.ts'
import { temporaryFolder } from '../places.ts'

export interface TestTpm {
  readonly tpm: Tpm
  readonly tcti: string
  /** Off and on again: the registers are at zero. */
  readonly restart: () => Promise<void>
  /** Measures into a register, as firmware and boot loader do. */
  readonly measure: (pcr: number, digest: Uint8Array) => void
  /** tpm2-tools by hand: as an attacker at the machine. */
  readonly byHand: (...args: readonly string[]) => {
    readonly status: number | null
    readonly said: string
  }
}

/** A new TPM in a folder that goes with the test. */
export async function newTpm(t: ExecutionContext): Promise<TestTpm> {
  const folder = await temporaryFolder(t)
  const socket = join(folder, 'tpm.sock')
  mkdirSync(join(folder, 'state'))
  let running: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => running?.once('exit', resolve))
    running?.kill()
    await ended
  }
  const start = async (): Promise<void> => {
    const sockets = [
      '--server',
      `type=unixio,path=${socket}`,
      '--ctrl',
      `type=unixio,path=${socket}.ctrl`,
    ]
    const state = ['--tpmstate', `dir=${join(folder, 'state')}`]
    const flags = ['--flags', 'not-need-init,startup-clear']
    running = spawn('swtpm', ['socket', '--tpm2', ...state, ...sockets, ...flags], {
      stdio: 'ignore',
    })
    while (![socket, `${socket}.ctrl`].every(existsSync)) await wait(10)
  }
  await start()
  t.teardown(stop)
  const tcti = `swtpm:path=${socket}`
  const byHand: TestTpm['byHand'] = (...args) => {
    const env = { ...process.env, TPM2TOOLS_TCTI: tcti }
    const { status, stderr } = spawnSync('tpm2', args, { env, encoding: 'utf8' })
    return { status, said: stderr }
  }
  return {
    ...{ tcti, byHand, tpm: createTpm({ tcti, folder: join(folder, 'contexts') }) },
    async restart() {
      await stop()
      await start()
    },
    measure(pcr, digest) {
      const register = `${String(pcr)}:sha256=${Buffer.from(digest).toString('hex')}`
      const { status, said } = byHand('pcrextend', register)
      if (status !== 0) throw new Error(said)
    },
  }
}
