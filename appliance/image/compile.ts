/**
 * Run inside the root tree by the Node of the image: loads a command and writes what was compiled meanwhile. Its words are the script, the
 * file to write, and the command's.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'
import type { BundleFunction } from './bundle.ts'

const [filename = '', file = '', ...words] = process.argv.slice(1)

/** What V8 does by the clock or by counting calls leaves traces in what it keeps; as the flags are kept with it, they are set back. */
const byChance = [
  'flush-bytecode',
  ...(process.execArgv.includes('--jitless') ? [] : ['sparkplug', 'maglev', 'turbofan']),
]
for (const flag of byChance) setFlagsFromString(`--no-${flag}`)

const script = new Script(readFileSync(filename, 'latin1'), { filename })
const module: Parameters<BundleFunction>[1] = { exports: undefined }
const bundle = script.runInThisContext() as BundleFunction
bundle(createRequire(filename), module)
const command = module.exports?.commandOf(words)
if (command === undefined) throw new Error(`there is no command ${words.join(' ')}`)
await command.load()
for (const flag of byChance) setFlagsFromString(`--${flag}`)
writeFileSync(file, script.createCachedData())
