/**
 * The entry of the command line in the image, where it is one script (`bundle.ts`). Beside the script lies, for each command that a unit runs,
 * what Node compiled of it when the image was built; compiled code that this Node does not accept is passed over.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import type { BundleFunction } from './bundle.ts'

const folder = '/usr/lib/sealbox/appliance'
const filename = `${folder}/bundle.js`

const [first = '', second = ''] = process.argv.slice(2)
// A command without compiled code of its own has much in common with the service.
const compiled = [`${first}-${second}`, first, 'start']
  .filter((name) => /^[a-z-]+$/.test(name))
  .map((name) => `${folder}/compiled/${name}`)
  .find((path) => existsSync(path))

const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  ...(compiled !== undefined && { cachedData: readFileSync(compiled) }),
})
const module: Parameters<BundleFunction>[1] = { exports: undefined }
const bundle = script.runInThisContext() as BundleFunction
bundle(createRequire(filename), module)
if (module.exports === undefined) throw new Error('the bundle gives nothing')
process.exitCode = await module.exports.runCommandLine(process.argv.slice(2))
