/** The end of a set-up: the box is made, of a production box in the key ceremony. Whole or absent, and begun anew after a power cut. */
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toHex } from '../../../ca/index.ts'
import type { InitStep } from '../../ceremony/init.ts'
import { minPassphraseCharacters, refused, type InitPlan } from '../../ceremony/plan.ts'
import { addresses } from './network.ts'
import { WentBack, type Dialogue } from '../dialogue.ts'
import { adopt, removeAside, type Place } from '../place.ts'
import type { SetUp } from '../set_up.ts'
import { leavePassphrase } from '../unlock.ts'
import { handOver } from './hand_over.ts'

/** A set-up of a new box with all its answers. */
export type Answered = {
  readonly [Step in 'network' | 'time' | 'names']: NonNullable<SetUp[Step]>
} & Pick<SetUp, 'people'> & { readonly mode: 'trial' | 'production' }

/** Makes the box. Of a trial box gives the first officer's code, which a production box's officers have by then. */
export async function makeBox(
  dialogue: Dialogue,
  place: Place,
  setUp: Answered,
): Promise<{ readonly firstCode?: { readonly code: string; readonly expires: string } }> {
  const { w, say, choose } = dialogue
  say('', ...overview(dialogue, setUp), '')
  const isSure = await choose(w('现在建立本机吗', 'Make the box now?'), [
    { key: 'yes', words: w('建立', 'make it') },
    { key: 'no', words: w('返回修改', 'go back and change') },
  ])
  if (isSure === 'no') throw new WentBack()
  if (setUp.mode === 'production') {
    await holdCeremony(dialogue, place, setUp)
    return {}
  }
  say(w('正在建立，请稍候……', 'Making it; please wait…'))
  await mkdir(dirname(place.making), { recursive: true })
  await removeAside(place)
  // Loaded for this one time: the console is small for the rest of its life.
  const { firstBoot } = await import('../../box/first_boot.ts')
  const { code, expires } = await firstBoot({
    ...namesOf(place, setUp),
    directory: place.making,
    zone: setUp.time.zone,
  })
  await adopt(place)
  return { firstCode: { code, expires } }
}

function overview({ w }: Dialogue, { names, mode, time, network, people }: Answered): string[] {
  const row = (zh: string, en: string, value: string): string => `  ${w(zh, en)}: ${value}`
  return [
    w('请核对：', 'Compare all of it:'),
    row('种类', 'Kind', mode === 'trial' ? w('试用', 'trial') : w('正式', 'production')),
    row('区', 'District', names.district),
    row('域名', 'Host name', names.host),
    row('网络', 'Network', networkWords(network)),
    row('时区', 'Zone', time.zone),
    row('时间服务器', 'Time servers', time.servers.join(', ') || w('无', 'none')),
    ...(people === undefined || mode === 'trial'
      ? []
      : [
          row('安全员', 'Officers', people.officers.join(', ')),
          row(
            '密钥保管人',
            'Custodians',
            `${people.custodians.join(', ')} (${String(people.needed)}/${String(people.custodians.length)})`,
          ),
          row('地点', 'Place', people.place || w('未填', 'not said')),
          row(
            '其他在场者',
            'Others present',
            people.present.map(({ name, part }) => `${name} (${part})`).join(', ') ||
              w('无', 'none'),
          ),
        ]),
  ]
}

function networkWords(network: Answered['network']): string {
  if (network === 'as-is') return addresses().join(', ')
  return network.method === 'dhcp'
    ? 'DHCP'
    : `${network.address}${network.gateway === undefined ? '' : ` via ${network.gateway}`}`
}

/** Names in the certificate: the host name first, the fixed address besides, for units that have no name server. */
function namesOf(
  { pkiPort }: Place,
  { names, network }: Answered,
): Pick<InitPlan, 'districtName' | 'hostNames' | 'pkiUrl'> {
  const fixed =
    network !== 'as-is' && network.method === 'static' ? [network.address.replace(/\/.*/, '')] : []
  return {
    districtName: names.district,
    hostNames: [...new Set([names.host, ...fixed])],
    pkiUrl: `http://${names.host}:${String(pkiPort)}`,
  }
}

async function holdCeremony(dialogue: Dialogue, place: Place, setUp: Answered): Promise<void> {
  const { w, say } = dialogue
  const { clock, random, making } = place
  const [{ holdInit }, { rehearseInit }, { pageHashes }] = await Promise.all([
    import('../../ceremony/init.ts'),
    import('../../ceremony/rehearse.ts'),
    import('../../../web/index.ts'),
  ])
  const { people } = setUp
  if (people === undefined) throw refused('nobody was named for the ceremony')
  const drafted = planOf(place, setUp, people)
  // With throw-away passphrases: nobody types one for a ceremony that cannot be held.
  const draw = (): string => toHex(random(16))
  const rehearsed = await rehearseInit(
    withSecrets(drafted, { custodians: people.custodians.map(draw), box: draw() }),
    { clock, random },
  )
  say(
    w(
      `预演无误：${String(rehearsed.certificates)} 张证书、${String(rehearsed.lists)} 份吊销列表。`,
      `Rehearsed: ${String(rehearsed.certificates)} certificates and ${String(rehearsed.lists)} lists without a finding.`,
    ),
  )
  const secrets = await askSecrets(dialogue, people.custodians)
  await mkdir(dirname(making), { recursive: true })
  await removeAside(place)
  try {
    const { recipient } = await holdInit(withSecrets(drafted, secrets), {
      ...{ clock, random, pageHashes },
      directory: making,
      out: place.papers,
      onStep: (step) => {
        const words = stepWords(dialogue, step)
        if (words !== '') say(words)
      },
      handOver: async (written) => {
        await handOver({ dialogue, place, custodians: people.custodians }, written)
        // The shares are handed over: what they open may stand on the disk.
        await place.machine?.enrolRecovery(written.recovery)
      },
    })
    await adopt(place, recipient)
  } finally {
    // On a machine of ours they lie in memory and are on sticks by now, or are of nothing.
    if (place.machine !== undefined) await rm(place.papers, { recursive: true, force: true })
  }
  await leavePassphrase(place.unlock, secrets.box)
}

interface Secrets {
  readonly custodians: readonly string[]
  readonly box: string
}

type Drafted = Omit<InitPlan, 'passphrase' | 'custodians'> & { readonly names: readonly string[] }

function planOf(place: Place, setUp: Answered, people: NonNullable<SetUp['people']>): Drafted {
  const { custodians, present, officers, needed } = people
  return {
    ...namesOf(place, setUp),
    ...{ officers, needed, place: people.place, names: custodians },
    present: [...custodians.map((name) => ({ name, part: '密钥保管人 custodian' })), ...present],
    zone: setUp.time.zone,
    algorithm: 'ecdsa-p256-sha256',
    openTimeStamping: false,
  }
}

function withSecrets({ names, ...plan }: Drafted, secrets: Secrets): InitPlan {
  const custodians = names.map((name, at) => ({ name, passphrase: secrets.custodians[at] ?? '' }))
  return { ...plan, custodians, passphrase: secrets.box }
}

/** Each custodian's passphrase, then the box's, all different. */
async function askSecrets(dialogue: Dialogue, names: readonly string[]): Promise<Secrets> {
  const { w, say, askSecret } = dialogue
  const custodians: string[] = []
  const check = (typed: string): string | undefined => {
    if (Array.from(typed).length < minPassphraseCharacters) {
      const least = String(minPassphraseCharacters)
      return w(`至少 ${least} 个字符。`, `At least ${least} characters.`)
    }
    // Whoever reads this learns that somebody has the same one; that is less than using it.
    return custodians.includes(typed)
      ? w('别人用了同样的口令，请另选一个。', 'Somebody has the same one; choose another.')
      : undefined
  }
  say(
    '',
    w('每人输入自己的口令，其他人转身。', 'Each types their own passphrase; the others look away.'),
  )
  for (const name of names) {
    custodians.push(await askSecret(w(`请 ${name} 输入口令`, `Passphrase of ${name}`), check))
  }
  const box = await askSecret(
    w(
      '本机密钥的口令（每次开机在此输入）',
      'Passphrase of the box’s keys (typed here at each start)',
    ),
    check,
  )
  return { custodians, box }
}

function stepWords({ w }: Dialogue, step: InitStep): string {
  const words: Readonly<Record<InitStep, string>> = {
    rehearsed: w('正在生成密钥，请稍候……', 'Making the keys; please wait…'),
    'keys-made': w('密钥已生成。', 'The keys are made.'),
    filled: w('正在把根密钥分成份额……', 'Splitting the root key into shares…'),
    'papers-written': '',
    held: w('仪式完成。', 'The ceremony is held.'),
  }
  return words[step]
}
