/** Loaded before the image's command line: says what its entry has compiled code of, and whether Node took it. Test support. */
import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import vm, { type ScriptOptions } from 'node:vm'

const Script = vm.Script

vm.Script = class extends Script {
  constructor(code: string, options: ScriptOptions) {
    super(code, options)
    const given = options.cachedData
    if (given === undefined) return
    const own = readFileSync(process.env['PROBE_KEPT'] ?? '').equals(
      Buffer.from(given.buffer, given.byteOffset, given.byteLength),
    )
    const taken = this.cachedDataRejected === true ? 'refused' : 'accepted'
    process.stdout.write(`LOADER ${own ? 'own' : 'other'}-${taken}\n`)
  }
}
syncBuiltinESMExports()
