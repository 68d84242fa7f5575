/** The machine below the box in the image: root's acts, asked through the spool (docs/formats/machine-request.md). */
import { copyFile, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readClocks } from '../../ca/index.ts'
import { diskRefusal } from '../disk/words.ts'
import { machinePaths, type MachinePaths } from '../machine/act.ts'
import { openMachine, type AskMachine } from '../machine/ask.ts'
import { MachineError } from '../machine/errors.ts'
import { papersWaiting } from '../machine/papers_act.ts'
import { headsFolder, openerPath } from '../machine/restore_acts.ts'
import { exchangePaths } from '../machine/stick_acts.ts'
import type { Machine, RestoreSource } from './place.ts'

/** Throws where there is no spool: this is no image. */
export function imageMachine(
  paths: Pick<MachinePaths, 'run' | 'exchange'> = machinePaths,
  spool?: string,
): Machine {
  const { run } = paths
  const ask = openMachine(spool)
  if (ask === undefined) throw new Error('there is no spool of requests: this is not the image')
  const told = withWords(ask)
  return {
    stick: stickThrough(told, paths),
    async installUpgrade() {
      const outcome = await told('install-upgrade', { from: 'stick' })
      if (outcome.installed) return outcome.version
      throw await pageWords(new Error(outcome.code), outcome.code)
    },
    async applyNetwork(network) {
      await told('apply-network', network)
    },
    async setTime(at) {
      await told('set-time', { time: at.getTime(), monotonic: readClocks().monotonic })
    },
    async applyTimeServers(servers) {
      await told('apply-time-servers', { servers: [...servers] })
    },
    async writePapers(folder, { names, apartFrom }) {
      const waiting = names.map((name) => ({ name, path: join(papersWaiting(run), name) }))
      try {
        for (const { name, path } of waiting) await copyFile(join(folder, name), path)
        const ceremony = basename(folder).replace(/^ceremony-/, '')
        const wish = { ceremony, names: [...names], apartFrom: [...apartFrom] }
        return (await told('write-papers', wish)).found
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
      const refusal = new MachineError('MACHINE_FAILED', `the data disk refused: ${outcome.code}`)
      throw Object.assign(refusal, { words: diskRefusal(outcome.code) })
    },
    async restart() {
      await told('reboot', {})
    },
    async powerOff() {
      await told('power-off', {})
    },
  }
}

function stickThrough(
  told: AskMachine,
  { run, exchange }: Pick<MachinePaths, 'run' | 'exchange'>,
): RestoreSource {
  const { restore } = exchangePaths(exchange)
  return {
    async backups() {
      const { files } = await told('list-usb', {})
      return files.filter(({ kind }) => kind === 'backup')
    },
    async take(name, { toCome, isFirst }) {
      await told('read-backup', { names: [name, ...toCome], isFirst })
      return join(restore, name)
    },
    async openers() {
      const { names } = await told('read-openers', {})
      const openers = []
      for (const [at, name] of names.entries()) {
        const path = openerPath(run, at)
        openers.push({ name, text: await readFile(path, 'utf8') })
        await rm(path, { force: true })
      }
      return openers
    },
    async heads() {
      const { files } = await told('read-heads', {})
      return files === 0 ? undefined : join(restore, headsFolder)
    },
  }
}

/** Refusals bring the words of the pages along. */
function withWords(ask: AskMachine): AskMachine {
  return async (name, params) => {
    try {
      return await ask(name, params)
    } catch (error) {
      throw error instanceof MachineError ? await pageWords(error, error.code) : error
    }
  }
}

/** The error with the pages' words of its code, where they have any. */
async function pageWords(error: Error, code: string): Promise<Error> {
  const { messages } = await import('../../web/messages.ts')
  const words = Object.entries(messages).find(([known]) => known === code)?.[1]
  return words === undefined ? error : Object.assign(error, { words })
}
