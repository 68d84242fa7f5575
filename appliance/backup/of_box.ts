/** What a backup is made of, from the parts of a box, running or at rest; and answering the command while it runs. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  boxActor,
  currentService,
  signCheckpoint,
  type Authority,
  type Journal,
  type Random,
  type Services,
  type Signer,
} from '../../ca/index.ts'
import type { BoxFile, DataFolder } from '../box/data_folder.ts'
import { openKeysProcess } from '../keys_process/client.ts'
import { version } from '../version.ts'
import type { ControlAsk, Handler } from './control.ts'
import { identityFileName, type BackupDesk, type NewKey } from './desk.ts'
import type { BackupMade, Noted } from './entries.ts'
import type { BackupSource } from './make.ts'

export interface SourceParts {
  readonly directory: string
  readonly file: BoxFile
  readonly data: Pick<DataFolder, 'blobs' | 'scratch'>
  readonly journal: Journal
  readonly authority: Pick<Authority, 'chainOf'>
  readonly signer: Signer
  readonly random: Random
}

export function sourceOf(parts: SourceParts): BackupSource {
  const { directory, file, data, journal, authority, signer, random } = parts
  const { certificate } = signer
  const process = openKeysProcess()
  return {
    ...{ directory, file, signer, random, version },
    ...{ blobs: data.blobs, scratch: data.scratch },
    // Outside the image there is no such process.
    sealedKeys: process && ((recipient) => process.sealedKeys(recipient)),
    certificates: [certificate, ...authority.chainOf(certificate)],
    checkpoint: async () => signCheckpoint(await journal.head(), { origin: file.id, signer }),
  }
}

/** The key that signs checkpoints, of a box at rest. */
export async function journalSigner(
  services: Services,
  keys: { open(name: string, certificate: Uint8Array): Promise<Signer> },
): Promise<Signer> {
  const { key, certificate } = currentService(services, 'journal')
  return keys.open(key, certificate)
}

/** What a command says at its end. */
export interface Said extends Record<string, unknown> {
  readonly made: Noted<BackupMade>
  /** Where the key lies that was made for this first backup of a trial box. */
  readonly keyFile: string | null
}

/** Makes the backup that a command asks for; of a trial box its key too, if there is none. */
export async function makeAsked(
  desk: BackupDesk,
  ask: Omit<ControlAsk, 'act'>,
  tell: (share: number) => void,
): Promise<Said> {
  let keyFile: string | null = null
  if ((await desk.key()) === undefined) {
    await desk.makeKey(boxActor, async (key) => {
      keyFile = await keepKey(ask.keyFolder, key)
    })
  }
  const made = await desk.make({
    ...{ path: ask.path, since: ask.since, target: 'file' },
    onProgress: ({ done, total }) => {
      tell(total === 0 ? 0 : Math.min(1, done / total))
    },
  })
  return { made, keyFile }
}

export function controlHandler(desk: BackupDesk): Handler {
  return (ask, tell) => makeAsked(desk, ask, tell)
}

async function keepKey(folder: string, { recipient, identity }: NewKey): Promise<string> {
  const path = join(folder, identityFileName(recipient))
  await writeFile(path, identity, { mode: 0o600, flag: 'wx', flush: true })
  await chmod(path, 0o600)
  return path
}
