/**
 * The end of a set-up whose box comes from its backups: they are read, opened by their keepers, compared with the root that people have on
 * paper, restored beside, shown, and only then made the box. Begun anew after a power cut. What is refused has its reason.
 */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromBase64, toHex } from '../../../ca/index.ts'
import { fingerprintWords } from '../../../provisioning/index.ts'
import { seenIn } from '../../backup/heads.ts'
import type { KnownBackup } from '../../backup/read.ts'
import {
  knownChain,
  restoreBackup,
  shownNames,
  type Restored,
  type RestoreOptions,
  type RestoreStep,
} from '../../backup/restore.ts'
import { ApplianceError } from '../../errors.ts'
import { clockIn } from '../answers.ts'
import { WentBack, type Dialogue } from '../dialogue.ts'
import { failureWords } from '../failure.ts'
import { adopt, removeAside, type Place } from '../place.ts'
import { askBackupKey, type BackupKey } from './backup_key.ts'
import { restoreWords } from './restore_words.ts'
import { takeBackups, withSource } from './take_backups.ts'

/** What a restore needs besides the talk. */
export interface RestoreParts {
  readonly place: Place
  /** Whose clock the moment of the backup is told by. */
  readonly zone: string
  /** Does it while no other console takes over. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>
}

/** Throws why not, with words in both languages. */
export async function restoreFromBackup(dialogue: Dialogue, parts: RestoreParts): Promise<void> {
  const { place, alone } = parts
  await removeAside(place)
  await mkdir(dirname(place.making), { recursive: true })
  try {
    const { paths, chain, key } = await askChain(dialogue, place)
    await restoreChain(dialogue, parts, {
      ...{ paths, identities: key.identities, chain, directory: place.making },
    })
    await alone(async () => {
      // No box is there yet: the data disk takes what its custodians open it with in the place of another.
      if (key.recovery !== undefined) await enrolRecovery(dialogue, place, key.recovery)
      await adopt(place, key.recipient)
    })
  } catch (error) {
    throw restoreWords(error)
  }
}

interface Chain {
  readonly paths: readonly string[]
  readonly chain: readonly KnownBackup[]
  readonly key: BackupKey
}

/** The backups, and what opens them. Another choice of backups costs only what was not brought yet, another key nothing. */
async function askChain(dialogue: Dialogue, place: Place): Promise<Chain> {
  const taking = { hasBegun: false }
  const choose = (): Promise<string[]> => takeBackups(dialogue, place, taking)
  let paths = await choose()
  for (;;) {
    const opened = await untilAnswered(dialogue, async () => {
      const key = await askBackupKey(dialogue, place)
      const { identities } = key
      try {
        const chain = await knownChain({ paths, identities, root: undefined, anyRoot: true })
        return { paths, chain, key }
      } catch (error) {
        if (isBroken(error)) return error
        throw error
      }
    })
    if ('key' in opened) return opened
    dialogue.say(failureWords(dialogue, restoreWords(opened)))
    paths = await untilAnswered(dialogue, choose)
  }
}

const isBroken = (error: unknown): error is ApplianceError =>
  error instanceof ApplianceError && error.code === 'BACKUP_CHAIN_BROKEN'

/** Slips of who types: hours of reading are not thrown away for one. */
const slips: readonly string[] = ['BACKUP_LOCKED', 'CA_SHARE_FOREIGN', 'CA_SHARE_REPEATED']

/** Asks until there is an answer, or somebody wants to go back to the kind: then throws `WentBack`. */
async function untilAnswered<T>(dialogue: Dialogue, ask: () => Promise<T>): Promise<T> {
  const { w, say } = dialogue
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (dialogue.isOver()) throw error
      const { code } = error as { readonly code?: unknown }
      const isSlip = typeof code === 'string' && slips.includes(code)
      if (!isSlip && !(error instanceof WentBack)) throw error
      if (isSlip) say(failureWords(dialogue, restoreWords(error)))
    }
    const next = await dialogue.choose(
      w('接下来', 'What next?'),
      [
        {
          key: 'again',
          words: w('再来一次，已读入的备份留着', 'once more; the backups that were read stay'),
        },
        { key: 'back', words: w('返回，重新选择种类', 'back to the kind') },
      ],
      'again',
    )
    if (next === 'back') throw new WentBack()
  }
}

type Restoring = Pick<RestoreOptions, 'paths' | 'identities' | 'directory'> & {
  readonly chain: readonly KnownBackup[]
}

async function restoreChain(
  dialogue: Dialogue,
  { place, zone, alone }: RestoreParts,
  of: Restoring,
): Promise<void> {
  const { w, say } = dialogue
  const { chain, ...wish } = of
  const isTrial = chain.at(-1)?.manifest.mode === 'trial'
  const root = await untilAnswered(dialogue, () => askRoot(dialogue, chain, isTrial))
  const heads = await untilAnswered(dialogue, () => askHeads(dialogue, place))
  const confirm = !isTrial || (await untilAnswered(dialogue, () => wantsOfficers(dialogue)))
  const options: RestoreOptions = {
    ...{ ...wish, root, at: place.clock.now(), confirm },
    ...(heads !== undefined && {
      seen: (seeing) => seenIn([heads], { ...seeing, at: place.clock.now() }),
    }),
    onStep: teller(dialogue),
    agree: (restored) => agree(dialogue, restored, zone),
  }
  say(
    w(
      '正在恢复并核对全部内容，请勿断电……',
      'Restoring and comparing all of it; leave the power on…',
    ),
  )
  try {
    await alone(() => restoreBackup(options))
  } catch (error) {
    if (!isDoubt(error)) throw error
    await acceptLoss(dialogue, error)
    await alone(() => restoreBackup({ ...options, acceptStale: true }))
  }
}

/** SHA-256 of the root, from paper: of a production box always, since anybody can encrypt to the custodians. */
async function askRoot(
  dialogue: Dialogue,
  chain: readonly KnownBackup[],
  isTrial: boolean,
): Promise<string | undefined> {
  const { w } = dialogue
  const digits = (typed: string): string => typed.replace(/[\s:]/g, '').toLowerCase()
  const typed = await dialogue.ask(
    isTrial
      ? w(
          '根证书指纹，照纸上输入（备份自称是试用机的，可以空着；是否如此，恢复时核对）',
          'Fingerprint of the root, from paper (the backup says that its box is a trial one: it may be left empty; whether that is so is checked)',
        )
      : w(
          '根证书指纹，照仪式记录输入 64 位',
          'Fingerprint of the root, 64 digits from the minutes of the ceremony',
        ),
    {
      ...(isTrial && { or: '' }),
      check: (text) => {
        if (isTrial && text === '') return undefined
        if (!/^[0-9a-f]{64}$/.test(digits(text))) {
          return w(
            '应为 64 位数字和 a-f，可以有空格。',
            'It has 64 digits, 0-9 and a-f; blanks do not matter.',
          )
        }
        // The backup's own is not shown: it would be copied from the screen, not from paper.
        return chain.every((one) => one.root === digits(text))
          ? undefined
          : w(
              '备份不在这张根证书之下。请与纸上核对；确实不符，就不是本区的备份（输入 < 返回）。',
              'The backup is not below this root. Compare it with the paper; if it is as there, this is no backup of this district (< goes back).',
            )
      },
    },
  )
  return typed === '' ? undefined : digits(typed)
}

/** The folder with what units kept. */
async function askHeads(dialogue: Dialogue, place: Place): Promise<string | undefined> {
  const { w } = dialogue
  const answer = await dialogue.choose(
    w(
      '各单位留存的回执和证据包带来了吗？由此知道备份是否过时',
      'Have units brought receipts and evidence that they kept? They tell whether the backup is stale',
    ),
    [
      { key: 'no', words: w('没有', 'no') },
      {
        key: 'yes',
        words: w('带来了，在 U 盘的 heads 文件夹里', 'yes, in the folder "heads" of a stick'),
      },
    ],
    'no',
  )
  if (answer === 'no') return undefined
  const found = withSource(dialogue, place, {
    words: w('存有 heads 文件夹的 U 盘', 'The stick with the folder "heads"'),
    work: async (source) => {
      const folder = await source.heads()
      if (folder !== undefined) return folder
      const words = {
        zh: '这里没有 heads 文件夹，或者里面没有回执和证据包',
        en: 'no folder "heads" with receipts or evidence is here',
      }
      throw Object.assign(new Error('no heads'), { words })
    },
  })
  // A stick that was left at home: the question is asked again, and may be answered with no.
  return found.catch((error: unknown) => {
    if (error instanceof WentBack) return askHeads(dialogue, place)
    throw error
  })
}

async function wantsOfficers({ w, choose }: Dialogue): Promise<boolean> {
  const answer = await choose(
    w('恢复以后', 'Once it is restored'),
    [
      { key: 'no', words: w('试用机立即工作', 'the trial box works at once') },
      { key: 'yes', words: w('先由两名安全员确认', 'two officers confirm it first') },
    ],
    'no',
  )
  return answer === 'yes'
}

/** Says what is done; of thousands of files a line each few seconds. */
function teller({ w, say }: Dialogue): (step: RestoreStep) => void {
  let told = performance.now()
  return (step) => {
    if (step.step === 'files') {
      if (performance.now() - told < tellEveryMs) return
      told = performance.now()
      say(`  ${w('文件', 'files')} ${String(step.files)}`)
    }
    if (step.step === 'journal') {
      say(w('  日志与签名的树头一致。', '  The journal is the one that was signed.'))
    }
    if (step.step === 'views') say(w('  登记簿已重建。', '  The registers are made anew.'))
  }
}

const tellEveryMs = 5000

/** Shows what the backup is, all of it checked, and asks; throws `WentBack` where it is not wanted. */
async function agree(dialogue: Dialogue, restored: Restored, zone: string): Promise<void> {
  const { w, say } = dialogue
  say('', ...aboutLines(dialogue, restored, zone), '')
  const answer = await dialogue.choose(w('用它恢复本机吗', 'Make this the box?'), [
    { key: 'yes', words: w('恢复', 'yes') },
    { key: 'no', words: w('不用，返回', 'no, go back') },
  ])
  if (answer === 'no') throw new WentBack()
}

function aboutLines(
  { w, language }: Dialogue,
  { manifest, districtName, restoration, root, documents, entries, files, compared }: Restored,
  zone: string,
): string[] {
  const row = (zh: string, en: string, value: string): string => `  ${w(zh, en)}: ${value}`
  const { seen, head, missing, confirm } = restoration
  const { hex, chinese, english } = fingerprintWords(root)
  return [
    w('这份备份：', 'This is the backup:'),
    row('区', 'District', districtName),
    row('种类', 'Kind', manifest.mode === 'trial' ? w('试用', 'trial') : w('正式', 'production')),
    row('机器', 'Box', manifest.box),
    row('备份时间', 'Made at', `${clockIn(zone, new Date(manifest.madeAt))} (${zone})`),
    row('已发出的公文', 'Documents dispatched', String(documents)),
    row('文件', 'Files', String(files)),
    row(
      '日志',
      'Journal',
      `${String(entries)} ${w('条，树头', 'entries, head')} ${toHex(fromBase64(head.root)).slice(0, 16)}`,
    ),
    row('根证书指纹', 'Fingerprint of the root', hex),
    ...(language === 'zh' ? chinese : english).map((line) => `    ${line.join('  ')}`),
    ...(compared === null
      ? []
      : [
          row('核对了各单位见过的树头', 'Heads that units saw, compared', String(compared.heads)),
          row(
            '其中未采信的凭据',
            'Evidence that was not trusted',
            String(compared.notTrusted.length),
          ),
          ...compared.notTrusted.slice(0, shownNames).map((reason) => `    ${reason}`),
        ]),
    ...(seen === null
      ? []
      : [row('！过时，已丢失的记录', '! STALE, entries lost', String(seen.size - head.size))]),
    ...(missing.length === 0
      ? []
      : [row('！备份以前就缺失的文件', '! Files missing since before', String(missing.length))]),
    confirm
      ? w(
          '  恢复以后等两名安全员用双人令确认，此前只能看，不能办。',
          '  Then it waits for the order of two officers; until then it can be read, and nobody can act.',
        )
      : w('  恢复以后立即工作。', '  It works at once.'),
  ]
}

/** Whether somebody may go on all the same: stale, or what units kept proves nothing. */
const isDoubt = (error: unknown): error is ApplianceError =>
  error instanceof ApplianceError &&
  (error.code === 'BACKUP_STALE' ||
    (error.code === 'BACKUP_HEADS_UNUSABLE' && error.details['series'] === undefined))

/** What came after a stale backup is gone for good: said and asked, never assumed. Throws `WentBack`. */
async function acceptLoss(dialogue: Dialogue, error: ApplianceError): Promise<void> {
  const { w, say } = dialogue
  const { size } = error.details
  const isStale = error.code === 'BACKUP_STALE'
  say(
    failureWords(dialogue, restoreWords(error)),
    isStale
      ? w(
          `  有人见过 ${String(size)} 条的日志。先找更晚的备份；没有，才接受损失，并重新恢复一遍。`,
          `  Somebody saw the journal with ${String(size)} entries. Look for a later backup first; only if there is none accept the loss, and it is restored once more.`,
        )
      : w(
          '  没有可信的凭据，就不知道备份是否过时。继续的话，重新恢复一遍。',
          '  Without evidence that can be trusted nobody can tell whether the backup is stale. To go on, it is restored once more.',
        ),
  )
  const answer = await dialogue.choose(
    w('怎么办', 'What next?'),
    [
      { key: 'back', words: w('返回', 'go back') },
      {
        key: 'accept',
        words: isStale
          ? w('接受损失，继续', 'accept the loss and go on')
          : w('不作比对，继续', 'go on without comparing'),
      },
    ],
    'back',
  )
  if (answer === 'back') throw new WentBack()
}

/** The box comes back without it, too; a later ceremony cannot make up for it, so it is said. */
async function enrolRecovery(
  dialogue: Dialogue,
  { machine }: Place,
  recovery: string,
): Promise<void> {
  try {
    await machine?.enrolRecovery(recovery)
  } catch (error) {
    if (dialogue.isOver()) throw error
    dialogue.say(
      failureWords(dialogue, error),
      dialogue.w(
        '  保管人的份额打不开这台机器的数据盘；请记下它的口令。恢复继续。',
        '  The custodians’ shares do not open this machine’s data disk; keep its passphrase. The restore goes on.',
      ),
    )
  }
}
