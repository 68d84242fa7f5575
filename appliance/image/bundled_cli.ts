/**
 * The entry of the command line in the image, where what units run are scripts (`bundle.ts`). Beside each lies what Node compiled of it when the
 * image was built; compiled code that this Node does not accept is passed over. Other commands are run from their modules.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import type { BundleFunction } from './bundle.ts'

const folder = '/usr/lib/sealbox/appliance'
const words = process.argv.slice(2)
const [first = '', second = ''] = words
const own = [`${first}-${second}`, first]
  .filter((name) => /^[a-z-]+$/.test(name))
  .map((name) => `${folder}/bundled/${name}`)
  .find((path) => existsSync(`${path}.js`))

const { runCommandLine } = own === undefined ? await modules() : bundled(own)
process.exitCode = await runCommandLine(words)

function modules() {
  return import(`${folder}/command_line.js`) as Promise<typeof import('../command_line.ts')>
}

function bundled(path: string) {
  const filename = `${path}.js`
  const cachedData = readFileSync(`${path}.compiled`)
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData })
  const module: Parameters<BundleFunction>[1] = { exports: undefined }
  const bundle = script.runInThisContext() as BundleFunction
  bundle(createRequire(filename), module)
  if (module.exports === undefined) throw new Error(`${filename} gives nothing`)
  return module.exports
}
