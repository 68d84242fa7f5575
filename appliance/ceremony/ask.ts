/** The guided first boot of a production box: asks what an answers file would say, custodian by custodian. */
import { initPlanOf, type InitAnswers } from './answers.ts'
import { refused, type InitPlan } from './plan.ts'
import type { Terminal } from './terminal.ts'

/** Asks for everything; throws `CEREMONY_REFUSED` for answers that make no plan. */
export async function askInit(terminal: Terminal): Promise<InitPlan> {
  terminal.say(
    '建立正式机。空行取方括号里的值。 A production box. An empty line takes what is in brackets.',
  )
  const district = await terminal.ask('区的名称 name of the district')
  const host = await terminal.ask('本机域名 host name of the box')
  const pkiUrl = await terminal.ask(
    '证书服务地址 address of the trust services',
    `http://${host}:8080`,
  )
  const zone = await terminal.ask('时区 time zone', 'Asia/Shanghai')
  const suite = await terminal.ask('密钥 keys: 1 = ECDSA P-256, 2 = RSA-3072', '1')
  const keeping = await askKeeping(terminal)
  const token = await askToken(terminal)
  const passphrase = await terminal.askSecret(
    '本机密钥口令（每次启动都要） passphrase of the box’s keys, asked at each start',
  )
  const first = await terminal.ask(
    '第一名安全员的标识 identifier of the first officer',
    'officer-1',
  )
  const second = await terminal.ask(
    '第二名安全员的标识 identifier of the second officer',
    'officer-2',
  )
  const scene = await askScene(terminal, keeping.custodians)
  const answers: InitAnswers = {
    ...{ district, pkiUrl, zone, passphrase, officers: [first, second] },
    hosts: [host],
    algorithm: suite === '2' ? 'rsa-sha256' : 'ecdsa-p256-sha256',
    ...keeping,
    ...scene,
    ...(token && { token }),
  }
  return initPlanOf(answers)
}

/** Who keeps the root key. */
export async function askKeeping(
  terminal: Terminal,
): Promise<Pick<InitAnswers, 'custodians' | 'needed'>> {
  const of = numberOf(await terminal.ask('根密钥分成几份 shares of the root key', '3'))
  const needed = numberOf(await terminal.ask('几份可以打开 how many open it', '2'))
  const custodians = []
  for (let number = 1; number <= of; number++) {
    const name = await terminal.ask(
      `第 ${String(number)} 份保管人 custodian of share ${String(number)}`,
    )
    const passphrase = await terminal.askSecret(
      `请 ${name} 本人输入口令 ${name} types a passphrase`,
    )
    custodians.push({ name, passphrase })
  }
  return { custodians, needed }
}

async function askToken(terminal: Terminal): Promise<InitAnswers['token']> {
  const module = await terminal.ask(
    '密码设备的库（没有就空着） library of a PKCS#11 token, empty for none',
    '',
  )
  if (module === '') return undefined
  const label = await terminal.ask('密码设备的标签 label of the token')
  return { module, label, pin: await terminal.askSecret('密码设备的 PIN of the token') }
}

async function askScene(
  terminal: Terminal,
  custodians: readonly { readonly name: string }[],
): Promise<Pick<InitAnswers, 'place' | 'present'>> {
  const place = await terminal.ask('地点 place', '')
  const present = custodians.map(({ name }) => ({ name, part: '密钥保管人 custodian' }))
  for (;;) {
    const name = await terminal.ask(
      '其他在场者（没有了就空着） somebody else who is here, empty to go on',
      '',
    )
    if (name === '') return { place, present }
    present.push({ name, part: await terminal.ask('职责 as what', '见证人 witness') })
  }
}

function numberOf(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw refused(`${text} is no number`)
  return Number(text)
}
