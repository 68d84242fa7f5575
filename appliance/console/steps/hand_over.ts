/**
 * Hands the papers of a ceremony over before there is a box: the sealed root key to two sticks, each share to its custodian's stick, each
 * code to its officer. If it is given up, nothing was made. A power cut here leaves sticks of nothing.
 */
import { readdir } from 'node:fs/promises'
import type { WrittenPapers } from '../../ceremony/init.ts'
import { refused } from '../../ceremony/plan.ts'
import { WentBack, type Dialogue } from '../dialogue.ts'
import { failureWords } from '../failure.ts'
import { minutesLines } from '../minutes_lines.ts'
import type { Machine, Place } from '../place.ts'

export interface HandingOver {
  readonly dialogue: Dialogue
  readonly place: Pick<Place, 'machine' | 'papers'>
  /** Names of custodians, in order of their shares. */
  readonly custodians: readonly string[]
}

/** Throws `CEREMONY_REFUSED` if the people give up. */
export async function handOver(
  { dialogue, place, custodians }: HandingOver,
  { codes, minutes, papers }: WrittenPapers,
): Promise<void> {
  const { w, say } = dialogue
  say('', ...minutesLines(dialogue, minutes), '')
  await agree(
    dialogue,
    w(
      '指纹由一人朗读、一人核对，并已写下',
      'The fingerprint was read aloud, compared and written down',
    ),
  )
  if (place.machine === undefined) {
    say(
      `${w('文书在此文件夹，请抄送各人后删除', 'The papers are in this folder; hand them over, then delete it')}: ${papers}`,
    )
  } else {
    await toSticks(dialogue, place.machine, { papers, custodians })
  }
  for (const { codeFor, code } of codes) {
    if (codeFor.kind === 'person') await showCode(dialogue, codeFor.id, code)
  }
  await agree(
    dialogue,
    w(
      '根密钥、份额和注册码都已交给本人，现在建立本机',
      'Root key, shares and codes are with their people; make the box now',
    ),
  )
}

const rootKey = 'root.key'
/** What everybody may read, on each stick that holds the root key. */
const openPapers = ['minutes.html', 'minutes.json', 'minutes.json.sig', 'root.pem']

async function toSticks(
  dialogue: Dialogue,
  machine: Machine,
  { papers, custodians }: { readonly papers: string; readonly custodians: readonly string[] },
): Promise<void> {
  const { w } = dialogue
  for (const number of [1, 2]) {
    await toStick(dialogue, machine, {
      words: w(
        `密封的根密钥和记录：第 ${String(number)} 个 U 盘，共 2 个`,
        `The sealed root key and the minutes: stick ${String(number)} of 2`,
      ),
      // The key is written last: where it is found the stick has all of it.
      names: [...openPapers, rootKey],
      apartFrom: number === 1 ? [] : [rootKey],
      papers,
    })
  }
  const all = await readdir(papers)
  const shares = all.filter((name) => name.startsWith('share-')).toSorted(byNumber)
  for (const [at, name] of shares.entries()) {
    await toStick(dialogue, machine, {
      words: w(
        `${custodians[at] ?? ''}的份额（根密钥和备份）：本人的 U 盘`,
        `The shares of ${custodians[at] ?? ''} (root key and backups): their own stick`,
      ),
      // Of the key of the backups the same custodian has the share of the same number.
      ...{ names: [name, `backup-${name}`].filter((one) => all.includes(one)), papers },
      apartFrom: [rootKey, ...shares.filter((one) => one !== name)],
    })
  }
}

/** `share-10-of-12.json` comes after `share-2-of-12.json`. */
const byNumber = (one: string, other: string): number =>
  one.localeCompare(other, 'en', { numeric: true })

interface Papers {
  readonly words: string
  /** Folder in which they lie. */
  readonly papers: string
  readonly names: readonly string[]
  /** What is not to be on the same stick. */
  readonly apartFrom: readonly string[]
}

async function toStick(dialogue: Dialogue, machine: Machine, of: Papers): Promise<void> {
  const { w, say } = dialogue
  const { words, names, papers } = of
  let { apartFrom } = of
  for (;;) {
    say('', words)
    await dialogue.pause(w('插好后按回车', 'Plug it in, then press Enter'))
    try {
      const found = await machine.writePapers(papers, { names, apartFrom })
      if (found.length > 0) {
        if (!(await allTheSame(dialogue, found))) continue
        apartFrom = []
        await machine.writePapers(papers, { names, apartFrom })
      }
      say(`${w('已写入，可以拔下', 'Written; it may be pulled out')}: ${names.join(', ')}`)
      return
    } catch (error) {
      if (dialogue.isOver() || error instanceof WentBack) throw error
      say(failureWords(dialogue, error))
    }
  }
}

/** Whether somebody wants several keepers' papers on one stick. */
async function allTheSame(dialogue: Dialogue, found: readonly string[]): Promise<boolean> {
  const { w, say } = dialogue
  say(
    `${w('这个 U 盘上已有本次仪式的', 'This stick already holds, of this very ceremony')}: ${found.join(', ')}`,
    w('谁拿到它就拿到了两份。', 'Whoever gets hold of it would have both.'),
  )
  const answer = await dialogue.choose(
    w('换一个 U 盘吗', 'Take another stick?'),
    [
      { key: 'another', words: w('换一个', 'yes, another') },
      {
        key: 'same',
        words: w('仍写在这里（小单位、试验）', 'no, write it here (small office, tests)'),
      },
    ],
    'another',
  )
  return answer === 'same'
}

async function showCode(dialogue: Dialogue, officer: string, code: string): Promise<void> {
  const { w, say, pause } = dialogue
  await pause(
    w(
      `请 ${officer} 本人到屏幕前，其他人转身；按回车显示注册码`,
      `${officer} alone before the screen; Enter shows their code`,
    ),
  )
  say(
    `  ${officer}  ${w('注册码', 'code')}  ${code}`,
    w('只用一次，请抄下。', 'It works once; write it down.'),
  )
  await pause(
    w('抄好后按回车，注册码从屏幕上消失', 'Enter when it is written down; it goes from the screen'),
  )
  dialogue.clear()
}

async function agree(dialogue: Dialogue, words: string): Promise<void> {
  const { w } = dialogue
  for (;;) {
    const answer = await dialogue.choose(words, [
      { key: 'yes', words: w('是', 'yes') },
      { key: 'no', words: w('否，放弃这次仪式', 'no, give this ceremony up') },
    ])
    if (answer === 'yes') return
    const isSure = await dialogue.choose(
      w('放弃吗？什么也不会建立', 'Give it up? Nothing will have been made'),
      [
        { key: 'yes', words: w('放弃', 'give it up') },
        { key: 'no', words: w('不放弃', 'go on') },
      ],
    )
    if (isSure === 'yes') throw refused('the ceremony was given up; nothing was made')
  }
}
