/** Help at the command line: of all commands, of one, and of those that begin with a word. */
import test from 'ava'
import { commands } from '../../appliance/commands/table.ts'
import { run, sealbox } from './places.ts'

test('a command that is asked for help says what it takes, and does nothing', async (t) => {
  for (const args of [
    ['roster', '--help'],
    ['document', 'draft', '-h'],
    ['image', 'build', '--help'],
  ]) {
    const { status, stdout, stderr } = await run(sealbox, args)
    t.deepEqual([status, stderr], [0, ''])
    const [first, second] = args
    const own = commands.find(
      ({ name }) => name === first || name === `${first ?? ''} ${second ?? ''}`,
    )
    t.is(stdout, `  sealbox ${own?.usage ?? ''}\n      ${own?.does ?? ''}\n`)
  }
  const journal = await run(sealbox, ['journal', '--help'])
  t.regex(journal.stdout, /sealbox journal verify[^]*sealbox journal export/)
  t.is((await run(sealbox, ['nothing', '--help'])).status, 64)
})
