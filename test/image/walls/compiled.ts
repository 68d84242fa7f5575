/**
 * Runs inside the image, without walls: starts each command as its unit does and says whether Node took what lies compiled for it; what is of
 * every start is compiled again, on another processor and with less memory than where the image was built. Prints as `probe.ts` does. Test support.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { UnitCommand } from '../../../appliance/image/bundle.ts'

const folder = '/usr/lib/sealbox/appliance'
const fresh = '/run/probe-compiled'
const [commandsFile = '', compileFile = '', hook = ''] = process.argv.slice(2)
const commands = JSON.parse(readFileSync(commandsFile, 'utf8')) as (UnitCommand & {
  everyStart: boolean
})[]
const compile = readFileSync(compileFile, 'utf8')

for (const { words, jitless, everyStart } of commands) {
  const script = `${folder}/bundled/${words.join('-')}`
  const kept = `${script}.compiled`
  const node = (...args: string[]): string =>
    execFileSync(process.execPath, [...(jitless ? ['--jitless'] : []), ...args], {
      encoding: 'utf8',
      env: { ...process.env, PROBE_KEPT: kept },
    })
  const [, said = 'not given'] =
    /^LOADER (.*)$/m.exec(node('--import', hook, `${folder}/cli.js`, ...words, '--help')) ?? []
  let compared = ''
  if (everyStart) {
    const given = [`${script}.js`, fresh, ...words]
    node('--random-seed=1', '--input-type=module', '--eval', compile, '--', ...given)
    compared = readFileSync(fresh).equals(readFileSync(kept)) ? '-same' : '-other'
  }
  process.stdout.write(`PROBE compiled ${words.join('-')} ${said}${compared}\n`)
}
process.stdout.write('PROBE compiled end end\n')
