/** Words of the virus check: how it is, how old its signatures are, and why a file was not taken. Pure. */
import type { View } from '../../view.ts'
import type { SignatureRefusal, SignatureSet, VirusReport } from '../../virus.ts'

const dayMs = 86_400_000
/** Signatures come by a stick: a week is what an office keeps up, a month is neglect (as in `web/health/kept.ts`). */
const staleDays = 8
const oldDays = 31

type Words = Pick<View, 'w' | 'now' | 'day'>

const daysOld = (now: Date, newest: Date): number =>
  Math.floor((now.getTime() - newest.getTime()) / dayMs)

export function ageWords({ w, now, day }: Words, { newest }: VirusReport): string {
  if (newest === undefined) return w('不知道', 'unknown')
  const days = String(daysOld(now, newest))
  return w(`${day(newest)}，${days} 天前`, `${day(newest)}, ${days} days old`)
}

export function conditionWords(
  { w, now }: Words,
  { condition, newest, waiting }: VirusReport,
): { readonly kind: 'ok' | 'w' | 'bad'; readonly title: string; readonly advice: string } {
  const days = newest === undefined ? 0 : daysOld(now, newest)
  if (condition === 'none')
    return {
      kind: 'w',
      title: w(
        '本机没有病毒检查，上传的文件未经扫描',
        'This box has no virus check; uploads are not scanned',
      ),
      advice: w(
        '启动时用 --clamd 指明 clamd 的套接字即可启用，见操作手册第 9 章。',
        'Start it with --clamd and the socket of a clamd, as chapter 9 of the manual says.',
      ),
    }
  if (condition === 'down')
    return {
      kind: 'bad',
      title: w(
        '病毒检查没有应答，上传的文件在等待',
        'The virus check does not answer; uploads wait',
      ),
      advice: w(
        `已上传的文件不会丢失，恢复后自动检查（现有 ${String(waiting.files)} 个）。请重新启动本机；若仍如此，更新病毒库。`,
        `Nothing that was uploaded is lost; it is scanned by itself later (${String(waiting.files)} now). Restart the box; if it stays so, bring new signatures.`,
      ),
    }
  if (condition === 'loading')
    return {
      kind: 'w',
      title: w(
        '扫描程序正在读入病毒库，上传的文件在等待',
        'The scanner reads its signatures; uploads wait',
      ),
      advice: w(
        `一两分钟后自动检查（现有 ${String(waiting.files)} 个）。`,
        `In a minute or two they are scanned by themselves (${String(waiting.files)} now).`,
      ),
    }
  if (condition === 'no-signatures')
    return {
      kind: 'bad',
      title: w('还没有病毒库，上传的文件在等待', 'There are no signatures yet; uploads wait'),
      advice: w('请在下面安装病毒库。', 'Install signatures below.'),
    }
  if (days > staleDays)
    return {
      kind: days > oldDays ? 'bad' : 'w',
      title: w(
        `病毒库已有 ${String(days)} 天未更新`,
        `The signatures are ${String(days)} days old`,
      ),
      advice: w(
        '检查照常进行，但认不出新的病毒。请用 U 盘带来新的病毒库。',
        'Files are scanned, but what is new is not known. Bring new signatures on a stick.',
      ),
    }
  return {
    kind: 'ok',
    title: w('病毒检查正常，每个上传的文件都先检查', 'Each upload is scanned before it is kept'),
    advice: '',
  }
}

/** What a file of signatures is: one of ClamAV's by its version, or a list made by the district. */
export function contentWords(
  { w }: Pick<View, 'w'>,
  { version, signatures }: Pick<SignatureSet, 'version' | 'signatures'>,
): string {
  if (version === undefined) return w('本区自己的清单', 'a list made by the district')
  const [release, count] = [String(version), String(signatures ?? 0)]
  return w(`第 ${release} 版，${count} 条`, `version ${release}, ${count} signatures`)
}

const refusals = {
  NAME_UNKNOWN: ['不是病毒库的文件名', 'no name of a file of signatures'],
  NO_ROOM: ['本机磁盘空间不够', 'the disk of the box has too little room'],
  TOO_LARGE: ['文件太大，或一次太多', 'too large, or too many at once'],
  NOT_A_DATABASE: ['不是 ClamAV 病毒库', 'no ClamAV database'],
  NAMED_OTHERWISE: ['文件名与内容不是同一个库', 'its name is not that of the database inside'],
  NOT_GENUINE: [
    'ClamAV 的签名不对，文件被改动或损坏',
    'the signature of ClamAV does not verify: altered or damaged',
  ],
  NOT_A_LIST: [
    '不是用 sealbox sign-signatures 做成的清单',
    'no list made by sealbox sign-signatures',
  ],
  NOT_SIGNED: [
    '缺少 .p7s 签名，或签名与文件不符',
    'its signature .p7s is missing, or of another file',
  ],
  SIGNER_UNKNOWN: [
    '签名人不是本机证书有效的管理员或安全员',
    'its signer is no administrator or officer of this box with a live certificate',
  ],
  OLDER: ['比现有的旧', 'older than what is installed'],
  AHEAD: [
    '制作时间在本机时钟之后：签名的电脑时钟不对',
    'made later than the clock of the box says: the clock was wrong where it was signed',
  ],
  NOT_LOADABLE: ['扫描程序读不懂', 'the scanner cannot read it'],
} as const satisfies Readonly<Record<SignatureRefusal, readonly [string, string]>>

/** Why a file of signatures was not taken. */
export function refusalWords({ w }: Pick<View, 'w'>, reason: SignatureRefusal): string {
  const [zh, en] = refusals[reason]
  return w(zh, en)
}
