/** `sealbox ceremony backup-key`: the custodians of a production box make the key of its backups, or another one. The box must not run. */
import { newCeremony } from '../ceremony/later.ts'
import { papersFolder, writePapers } from '../ceremony/papers.ts'
import { refused } from '../ceremony/plan.ts'
import { readLaterAnswers } from '../ceremony/answers.ts'
import { askKeeping } from '../ceremony/ask.ts'
import { openTerminal } from '../ceremony/terminal.ts'
import { backupSharePapers, makeBackupKey, openBackupShares } from '../backup/key_ceremony.ts'
import type { Keeping } from '../ceremony/plan.ts'
import { ceremonyOptions, withBoxAtRest } from './ceremony.ts'
import { refuseInside } from '../ceremony/outside.ts'
import { dataDirectory, options, required, say } from './options.ts'

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, ceremonyOptions)
  const out = required(values.papers, '--papers')
  refuseInside(out, dataDirectory(values.data))
  const keeping = await keepingFrom(values.answers)
  const made = await withBoxAtRest(values, async (box) => {
    const ceremony = newCeremony(box)
    const { districtName } = box.file
    const key = await makeBackupKey({ ...keeping, ceremony, districtName, random: box.random })
    await tryShares(keeping, key.shares)
    const folder = papersFolder(out, ceremony)
    await writePapers(folder, backupSharePapers(key.shares))
    // Crash before here: papers of nothing, to be destroyed; the box encrypts to whom it did.
    await box.journal.commit({ entries: [key.entry] })
    return { folder, recipient: key.recipient }
  })
  say(`备份密钥已生成，以后的备份加密给 backups are encrypted from now on to ${made.recipient}`)
  say(`  份额 shares  ${made.folder}`)
  say(
    '  交给各保管人；以前的备份仍用以前的份额打开。 Hand each to its custodian; earlier backups open with earlier shares.',
  )
  return 0
}

async function keepingFrom(answers: string | undefined): Promise<Keeping> {
  if (answers !== undefined) {
    const { keeping } = readLaterAnswers(answers)
    if (keeping === undefined) throw refused('the answers name no custodians')
    return keeping
  }
  const terminal = openTerminal(process.stdin, process.stderr, process.stdin.isTTY)
  try {
    const asked = await askKeeping(terminal)
    const custodians = asked.custodians.map(({ name, passphrase = '' }) => ({ name, passphrase }))
    return { custodians, needed: asked.needed }
  } finally {
    terminal.close()
  }
}

/** Before anything is encrypted to it: as many as are needed open it. */
async function tryShares(keeping: Keeping, shares: readonly string[]): Promise<void> {
  const offered = shares.map((text, at) => ({
    text,
    passphrase: keeping.custodians[at]?.passphrase ?? '',
  }))
  await openBackupShares(offered.slice(-keeping.needed))
}
