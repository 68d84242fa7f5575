/**
 * The act that has the issuing keys' process follow another key of the backups. The box may not ask for it: a service that was taken over
 * would name a recipient of its own and, knowing the passphrase, have the issuing key by the next backup. Nor could an order of two
 * officers tell, since it is that service which would show it. So somebody at the console compares it with what a custodian holds.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { recipientFiles, recipientText } from '../keys_process/recipient.ts'
import { machineAct } from './act.ts'
import { MachineError } from './errors.ts'
import { readRecipientFile, writeRecipient } from './keys_folder.ts'

const recipient = z.string().regex(recipientText)

/** Which recipient is kept, and which other one was asked for; `accept` names that one. Throws `MACHINE_REQUEST_REFUSED` for any other. */
export const backupRecipient = machineAct({
  params: z.strictObject({ accept: recipient.optional() }),
  result: z.strictObject({ kept: recipient.nullable(), refused: recipient.nullable() }),
  askedBy: ['console'],
  patienceMs: 30_000,
  async run({ accept }, { paths: { keys } }) {
    if (accept !== undefined) {
      if (accept !== (await readRecipientFile(keys, 'refused'))) {
        throw new MachineError('MACHINE_REQUEST_REFUSED', 'no backup was for this recipient')
      }
      await writeRecipient(keys, accept)
      await rm(join(keys, recipientFiles.refused), { force: true })
    }
    return {
      kept: await readRecipientFile(keys, 'kept'),
      refused: await readRecipientFile(keys, 'refused'),
    }
  },
})
