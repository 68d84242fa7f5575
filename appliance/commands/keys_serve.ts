/** `sealbox keys serve`: the process that holds the issuing authority's key in the image (ADR 34). */
import { join } from 'node:path'
import { sealedKeysFor } from '../keys_process/backup.ts'
import { openIssuingKeys } from '../keys_process/keys.ts'
import { keysSocket } from '../keys_process/protocol.ts'
import { serveKeys, socketOfSystemd } from '../keys_process/serve.ts'
import { openSignatureRecord } from '../keys_process/signature_record.ts'
import { options, required, say } from './options.ts'

const known = {
  state: { type: 'string' },
  socket: { type: 'string' },
  'passphrase-file': { type: 'string' },
} as const

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const state = required(values.state, '--state')
  const record = await openSignatureRecord(join(state, 'signatures.jsonl'), () => new Date())
  const passphraseFile = values['passphrase-file']
  const keys = openIssuingKeys({ state, passphraseFile, record })
  const server = await serveKeys(
    {
      ...{ keys, log: say },
      status: () => record.status,
      backup: (recipient) => sealedKeysFor(recipient, { keys, state }),
    },
    socketOfSystemd(process.env) ?? { path: values.socket ?? keysSocket },
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        resolve()
      })
  })
  server.closeAllConnections()
  server.close()
  await record.close()
  return 0
}
