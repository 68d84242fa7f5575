/** A real clamd in a folder of its own, with whatever signatures a test writes there. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BoxScanner } from '../../../appliance/virus/scanner.ts'
import type { ScanResult } from '../../../exchange/index.ts'

/** Octets that the district's own signature in these tests is about. */
export const ownVirus = 'SEALBOX-TESTS-OWN-VIRUS-BODY'

/** An NDB line (name, any target, any offset, body in hexadecimal). */
export const ownSignature = `District.Test.Own:0:*:${Buffer.from(ownVirus).toString('hex')}\n`

/** Without any signature clamd does not start. */
const eicarSignature = '44d88612fea8a8f36de82e1278abb02f:68:Tests.EICAR\n'

export interface RealClamd {
  readonly socket: string
  /** Its signatures. */
  readonly signatures: string
  start(): Promise<void>
  stop(): Promise<void>
  remove(): Promise<void>
}

/** Made, not started; `own` also writes a signature beside the self-test's. */
export function realClamd({ own = true, config = '' } = {}): RealClamd {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-clamd-'))
  const signatures = join(folder, 'signatures')
  const socket = join(folder, 'clamd.socket')
  mkdirSync(signatures)
  writeFileSync(join(signatures, 'eicar.hdb'), eicarSignature)
  if (own) writeFileSync(join(signatures, 'district.ndb'), ownSignature)
  const lines = [
    config, // the first line of a name counts
    ...['Foreground yes', `LocalSocket ${socket}`, `DatabaseDirectory ${signatures}`],
    ...['AlertEncrypted yes', 'AlertExceedsMax yes', 'StreamMaxLength 101M', 'SelfCheck 0'],
    ...[`TemporaryDirectory ${folder}`, 'MaxThreads 4'],
  ]
  writeFileSync(join(folder, 'clamd.conf'), `${lines.join('\n')}\n`)
  let running: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    if (running === undefined) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
    running = undefined
    rmSync(socket, { force: true })
  }
  return {
    socket,
    signatures,
    stop,
    async start() {
      running = spawn('clamd', ['--config-file', join(folder, 'clamd.conf')], { stdio: 'ignore' })
      running.on('error', () => undefined)
      for (let tries = 0; !(await answers(socket)); tries++) {
        if (tries === 2400) throw new Error('clamd does not answer')
        await pause(100)
      }
    },
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A scanner that looks at files of one unit. */
export type Asked = Omit<BoxScanner, 'scan'> & {
  readonly scan: (bytes: Uint8Array) => Promise<ScanResult>
}

export function ofOneUnit(scanner: BoxScanner): Asked {
  return { ...scanner, scan: (bytes) => scanner.scan(bytes, { unit: 'one' }) }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect({ path: socket })
    connection.on('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.on('error', () => {
      resolve(false)
    })
  })
}
