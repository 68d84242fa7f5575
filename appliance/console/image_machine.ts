/** The machine below the box in the image: root's acts, asked through the spool (docs/formats/machine-request.md). */
import { copyFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readClocks } from '../../ca/index.ts'
import { openMachine, type AskMachine } from '../machine/ask.ts'
import { MachineError } from '../machine/errors.ts'
import { papersWaiting } from '../machine/papers_act.ts'
import type { Machine } from './place.ts'

/** Throws where there is no spool: this is no image. */
export function imageMachine(run = '/run'): Machine {
  const ask = openMachine()
  if (ask === undefined) throw new Error('there is no spool of requests: this is not the image')
  const told = withWords(ask)
  return {
    async applyNetwork(network) {
      await told('apply-network', network)
    },
    async setTime(at) {
      await told('set-time', { time: at.getTime(), monotonic: readClocks().monotonic })
    },
    async applyTimeServers(servers) {
      await told('apply-time-servers', { servers: [...servers] })
    },
    async writePapers(folder, names) {
      const waiting = names.map((name) => ({ name, path: join(papersWaiting(run), name) }))
      try {
        for (const { name, path } of waiting) await copyFile(join(folder, name), path)
        const ceremony = basename(folder).replace(/^ceremony-/, '')
        await told('write-papers', { ceremony, names: [...names] })
      } finally {
        for (const { path } of waiting) await rm(path, { force: true })
      }
    },
    async adoptBox(recipient) {
      await told('adopt-box', recipient === undefined ? {} : { recipient })
    },
    backupRecipient: () => told('backup-recipient', {}),
    async acceptBackupRecipient(accept) {
      await told('backup-recipient', { accept })
    },
    disk: (job) => told('disk', job),
    async enrolRecovery(passphrase) {
      const outcome = await told('disk', { do: 'enrol-recovery', passphrase })
      if (outcome.done) return
      throw new MachineError('MACHINE_FAILED', `the data disk refused: ${outcome.code}`)
    },
    async restart() {
      await told('reboot', {})
    },
    async powerOff() {
      await told('power-off', {})
    },
  }
}

/** Refusals bring the words of the pages along. */
function withWords(ask: AskMachine): AskMachine {
  return async (name, params) => {
    try {
      return await ask(name, params)
    } catch (error) {
      if (!(error instanceof MachineError)) throw error
      // Loaded with the pages, which the console has no other use for.
      const { messages } = await import('../../web/index.ts')
      throw Object.assign(error, { words: messages[error.code] })
    }
  }
}
