/** A process that knows nothing but what was kept: completes the seal in the folder that it is given. Test support. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { completeSeal, restoreSeal } from '../../../exchange/seal/index.ts'

const folder = process.argv[2] ?? ''
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
const { prepared, certificate, algorithm } = restoreSeal(read('kept.json'))
const { pdf } = await completeSeal({
  ...{ prepared, certificate, algorithm },
  signature: read('signature'),
  certificates: [certificate, read('root.der')],
})
writeFileSync(join(folder, 'completed.pdf'), pdf)
