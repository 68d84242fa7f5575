/** Another key of the backups at the console: shown in full, refused by default, accepted by who compared it. */
import { PassThrough } from 'node:stream'
import test from 'ava'
import { ageKeyPair } from '../../../appliance/backup/age/index.ts'
import { createDialogue } from '../../../appliance/console/dialogue.ts'
import { openLines } from '../../../appliance/console/lines.ts'
import type { Machine } from '../../../appliance/console/place.ts'
import { askBackupRecipient } from '../../../appliance/console/steps/backup_recipient.ts'

const pairs = [1, 2].map((octet) => ageKeyPair(new Uint8Array(32).fill(octet)))
const [kept = '', refused = ''] = pairs.map(({ recipient }) => recipient)

/** What was shown after these lines were typed, and what was accepted. */
async function talk(typed: string, of: { kept: string | null; refused: string | null }) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const accepted: string[] = []
  const machine: Pick<Machine, 'backupRecipient' | 'acceptBackupRecipient'> = {
    backupRecipient: () => Promise.resolve(of),
    acceptBackupRecipient(recipient) {
      accepted.push(recipient)
      return Promise.resolve()
    },
  }
  input.write(typed)
  const dialogue = createDialogue({ lines: openLines(input, output), language: 'en' })
  await askBackupRecipient(dialogue, machine)
  return { shown: String(output.read()), accepted }
}

const letters = (text: string): string => text.replaceAll(/\s/g, '')

test('both are shown in full, and nothing is accepted by Enter alone', async (t) => {
  const { shown, accepted } = await talk('\r', { kept, refused })
  t.true(letters(shown).includes(kept))
  t.true(letters(shown).includes(refused))
  t.deepEqual(accepted, [])
})

test('who compared it accepts the one that was asked for', async (t) => {
  const { accepted } = await talk('2\r', { kept, refused })
  t.deepEqual(accepted, [refused])
})

test('where no backup asked for another one there is nothing to accept', async (t) => {
  const { shown, accepted } = await talk('', { kept: null, refused: null })
  t.regex(shown, /No backup asked/)
  t.deepEqual(accepted, [])
})
