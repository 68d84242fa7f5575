/**
 * Runs inside the image, without walls: compiles there, on another processor and with less memory than where the image was built, what lies
 * compiled in it, and has Node judge what lies there. Prints as `probe.ts` does. Test support.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { UnitCommand } from '../../../appliance/image/bundle.ts'

const folder = '/usr/lib/sealbox/appliance'
const fresh = '/run/probe-compiled'
const accepts = `const { Script } = require('node:vm'), { readFileSync } = require('node:fs')
const [filename, path] = process.argv.slice(1)
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readFileSync(path) })
process.stdout.write(script.cachedDataRejected ? 'refused' : 'accepted')`

const [commandsFile = '', compileFile = ''] = process.argv.slice(2)
const commands = JSON.parse(readFileSync(commandsFile, 'utf8')) as UnitCommand[]
const compile = readFileSync(compileFile, 'utf8')

for (const { words, jitless } of commands) {
  const name = words.join('-')
  const kept = `${folder}/compiled/${name}`
  const node = (...args: string[]): string =>
    execFileSync(process.execPath, [...(jitless ? ['--jitless'] : []), ...args], {
      encoding: 'utf8',
    })
  node('--random-seed=1', '--input-type=module', '--eval', compile, '--', fresh, ...words)
  const compared = readFileSync(fresh).equals(readFileSync(kept)) ? 'same' : 'other'
  const judged = node('--eval', accepts, `${folder}/bundle.js`, kept)
  process.stdout.write(`PROBE compiled ${name} ${compared}-${judged}\n`)
}
process.stdout.write('PROBE compiled end end\n')
